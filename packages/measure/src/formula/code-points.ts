/** Order by code points, as DuckDB and UTF-8 have it; `<` in JavaScript goes by UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    // Both texts agree up to here, so a surrogate on one side only means a character beyond the basic plane there.
    if (x !== y) return (a.codePointAt(i) as number) - (b.codePointAt(i) as number)
  }
  return a.length - b.length
}
