const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * A number with a decimal dot and no thousands mark, as DATA.csv writes it.
 * @returns null when the text is no such number or is beyond the range of a double
 */
export function readNumber(text: string): number | null {
  if (!NUMBER.test(text)) return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}
