import type { Problem } from '@nhip/canonical/problem'
import { offsetOf, type Span } from './parameter-text.ts'

/** Problems of one file, each once, with the offset that they point at. */
export function problemsOfFile<P extends Problem>(
  problems: readonly P[],
  file: string,
  text: string,
): { problem: P; at: number }[] {
  return problems
    .filter((problem) => problem.file === file)
    .map((problem) => ({
      problem,
      at: problem.line === undefined ? 0 : offsetOf(text, problem.line, problem.column ?? 1),
    }))
}

/**
 * Shares the problems of a file out among pieces of it: each goes to the smallest piece that holds its place. What fits none is left
 * for the file as a whole.
 */
export function shareOut<P extends Problem, S extends Span>(
  placed: readonly { problem: P; at: number }[],
  pieces: readonly S[],
): { of: ReadonlyMap<S, P[]>; rest: P[] } {
  const of = new Map<S, P[]>()
  const rest: P[] = []
  for (const { problem, at } of placed) {
    let best: S | undefined
    for (const piece of pieces)
      if (piece.start <= at && at <= piece.end && (!best || piece.end - piece.start < best.end - best.start))
        best = piece
    if (best === undefined) rest.push(problem)
    else of.set(best, [...(of.get(best) ?? []), problem])
  }
  return { of, rest }
}
