/** A name for searching: without marks and case, đ as d, so that "da nang" finds "Đà Nẵng". */
export function foldedName(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}
