export interface AnswerTwin {
  /** Place of the unit with the most telling agreement, −1 when there is none to compare with. */
  twin: number
  /** Items on which the two agree, and that both answered. */
  equal: number
  both: number
  /** Agreement above what chance gives, in standard deviations. */
  z: number
}

/**
 * For each unit the other whose answers agree with its own most tellingly. Agreement on an answer that everybody gives says nothing; on a
 * rare one it says −ln(share of units that gave it). Texts and numbers alike; null = not answered. Grows with the square of the number of
 * units: 1,000 units × 100 items take about a second.
 */
export function answerTwins(answers: readonly (readonly (string | number | null)[])[]): AnswerTwin[] {
  const units = answers.length
  const items = answers[0]?.length ?? 0
  // Answers as small whole numbers, −1 = none, and what agreeing on each one tells.
  const codes = new Int32Array(units * items).fill(-1)
  const tells: Float64Array[] = []
  const chance: { mean: number; variance: number }[] = []
  for (let i = 0; i < items; i++) {
    const known = new Map<string | number, number>()
    const counts: number[] = []
    let given = 0
    for (let u = 0; u < units; u++) {
      const answer = answers[u]![i]
      if (answer === null || answer === undefined) continue
      let code = known.get(answer)
      if (code === undefined) {
        code = counts.push(0) - 1
        known.set(answer, code)
      }
      counts[code] = counts[code]! + 1
      codes[u * items + i] = code
      given++
    }
    tells.push(Float64Array.from(counts, (count) => -Math.log(count / given)))
    // Agreement by chance on answer a has the share p² and tells −ln p.
    let mean = 0
    let square = 0
    counts.forEach((count, code) => {
      const p = count / given
      const same = given < 2 ? 0 : (p * (count - 1)) / (given - 1)
      mean += same * tells[i]![code]!
      square += same * tells[i]![code]! ** 2
    })
    chance.push({ mean, variance: Math.max(0, square - mean * mean) })
  }
  const best: AnswerTwin[] = Array.from({ length: units }, () => ({ twin: -1, equal: 0, both: 0, z: 0 }))
  for (let a = 0; a < units; a++)
    for (let b = a + 1; b < units; b++) {
      let told = 0
      let mean = 0
      let variance = 0
      let equal = 0
      let both = 0
      for (let i = 0; i < items; i++) {
        const x = codes[a * items + i]!
        const y = codes[b * items + i]!
        if (x < 0 || y < 0) continue
        both++
        mean += chance[i]!.mean
        variance += chance[i]!.variance
        if (x === y) {
          equal++
          told += tells[i]![x]!
        }
      }
      if (variance === 0) continue
      const z = (told - mean) / Math.sqrt(variance)
      for (const [u, twin] of [
        [a, b],
        [b, a],
      ] as const)
        if (z > best[u]!.z) best[u] = { twin, equal, both, z }
    }
  return best
}
