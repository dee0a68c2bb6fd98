/** Tone marks of Vietnamese as combining characters: huyền, sắc, ngã, hỏi, nặng. The other marks belong to the letter. */
const tone = /[\u0300\u0301\u0303\u0309\u0323]/g

/**
 * Text as people type it in a search box: lower case, without marks, đ as d, punctuation as one space.
 * Where the tone is placed (Hòa, Hoà) and how Unicode composes it (NFC, NFD) make no difference.
 */
export function fold(text: string): string {
  return plain(text.normalize('NFD').replace(/\p{M}/gu, ''))
}

/**
 * As {@link fold}, but keeping the marks, with each syllable's tone moved to its end: "Hòa" and "Hoà" are equal, "Hoà" and "Hoa" are not.
 */
export function foldKeepingMarks(text: string): string {
  return plain(text.normalize('NFD'))
    .split(' ')
    .map((syllable) => syllable.replace(tone, '') + (syllable.match(tone) ?? []).join(''))
    .join(' ')
}

/** The same text in plain letters, upper and lower case kept: "Đà Nẵng" → "Da Nang". */
export function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D')
}

function plain(decomposed: string): string {
  return decomposed
    .toLowerCase()
    .replace(/[đð]/g, 'd') // ð: old code pages wrote Ð (eth) for Đ
    .replace(/['’ʼ`´]/g, '') // Ea H'leo = Ea Hleo
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}

// With their marks these words can only be type words: "Tỉnh Gia Lai" loses one, "Tĩnh Gia" does not.
const markedTypeWord = /^(thành phố|thị xã|thị trấn|đặc khu|tỉnh|quận|huyện|phường|xã)\s+(?=\S)/iu
const abbreviation =
  /^(t\.\s?[pxt]|tp|tx|tt|[qhpx])\s?\.\s*(?=\S)|^t\.\s?[px]\s+(?=\S)|^(tp|tx)\s+(?=\S)|^[qp](?=\d)/iu
const unmarkedTypeWord = /^(thanh pho|thi xa|thi tran|dac khu|tinh|quan|huyen|phuong|xa)\s+(?=\S)/i
const englishTypeWord = /\s+(city|province|district|town|township|ward|commune|special zone)$/i

/** The key that names of units are compared by: {@link fold} without the type word and without leading zeros of numbered wards. */
export function nameKey(name: string): string {
  return digits(fold(withoutTypeWord(name).rest))
}

/**
 * Every key under which a text may be looked up. Text without any marks is read both ways, because there
 * "Tinh Gia" may be Tĩnh Gia or the province of Gia.
 */
export function lookupKeys(text: string): string[] {
  const keys = [nameKey(text)]
  const folded = fold(text)
  if (
    folded ===
    text
      .normalize('NFC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  ) {
    for (const shorter of [folded.replace(unmarkedTypeWord, ''), folded.replace(englishTypeWord, '')])
      keys.push(digits(shorter))
    keys.push(digits(folded))
  }
  return [...new Set(keys)].filter((k) => k !== '')
}

/** The type word in front of a name, folded ("phuong"), and the rest of the text. */
export function withoutTypeWord(text: string): { word: string | null; rest: string } {
  const clean = text.normalize('NFC').trim()
  const found = markedTypeWord.exec(clean) ?? abbreviation.exec(clean)
  if (!found) return { word: null, rest: clean }
  return { word: fold(found[0]).replaceAll(' ', ''), rest: clean.slice(found[0].length) }
}

function digits(key: string): string {
  return /^0+\d+$/.test(key) ? key.replace(/^0+/, '') : key
}
