import { RandomStream } from '@nhip/random/stream'
import type { Family, Hostile } from './input.fixture.ts'
import { wholeRequests } from './requests.fixture.ts'
import { bareBytes } from './sockets.fixture.ts'
import { textFiles } from './text-files.fixture.ts'
import { workbooks } from './workbooks.fixture.ts'

/** Families with the share of the inputs each gives. */
const shares: [Family, number][] = [
  ...textFiles.map((family, i): [Family, number] => [family, [22, 8, 60, 50, 22, 18, 24, 24][i]!]),
  ...workbooks.map((family, i): [Family, number] => [family, [26, 18, 52][i]!]),
  ...wholeRequests.map((family, i): [Family, number] => [family, [42, 52, 28, 44][i]!]),
  ...bareBytes.map((family): [Family, number] => [family, 32]),
]
const all = shares.reduce((sum, [, share]) => sum + share, 0)

/** So many inputs of every family, the same for the same seed. */
export async function hostileInputs(count: number, seed: string): Promise<Hostile[]> {
  const inputs: Hostile[] = []
  for (const [i, [family, share]] of shares.entries()) {
    const wanted = count >= all ? share : Math.max(2, Math.round((share / all) * count))
    const made = await family(new RandomStream(seed, i), Math.max(wanted, share))
    // A part of a family is taken from all over it.
    const step = made.length / wanted
    for (let n = 0; n < wanted; n++) inputs.push(made[Math.floor(n * step)]!)
  }
  return inputs
}

/** How many there are when every family gives its share. */
export const wholeCount = all
