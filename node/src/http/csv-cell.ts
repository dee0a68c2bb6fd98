// Signs that make a formula, their full-width twins included, also behind blanks; control characters split cells.
const formula = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^\p{Cc}/u
const number = /^[+-]?\d+(?:[.,]\d+)?$/

/**
 * A value as a cell of a CSV that spreadsheet programs open. Text that they would take for a formula gets an apostrophe
 * before it, which says that it is text; numbers, also those written as text, stay as they are.
 */
export function csvCell(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value)
  const text = formula.test(value) && !number.test(value) ? `'${value}` : value
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
