import { parentPort, workerData } from 'node:worker_threads'
import type { Chunk, Columns, Kernel } from '@nhip/policy/kernel/contract'
import { Incomes, type Prefixes } from './distribution.ts'
import { reportKernel, runAll, sumsOf, totalOf } from './law.ts'
import { readChunks } from './parquet.ts'
import { chunksOf, peopleOf } from './people.ts'

/** The people of one worker: made from a seed and kept in memory, or read from a file each time. */
export type Source =
  | { readonly persons: number; readonly seed: number }
  | { readonly persons: number; readonly file: string }

export type Ask =
  | { readonly kind: 'incomes' }
  | { readonly kind: 'count'; readonly prefixes: Prefixes }
  | { readonly kind: 'tally'; readonly cuts: readonly number[]; readonly threshold: number }

const source = workerData as Source
const kernel = reportKernel()
const incomes = new Incomes(source.persons)
const made = 'seed' in source ? chunksOf(peopleOf(source.persons, source.seed)) : null
// Warmed up on a few chunks, as a node that has served one request is.
runAll(kernel, made?.slice(0, 8) ?? chunksOf(peopleOf(500_000, 1)))

/** One pass over the people: sums in the kernel, incomes where the distribution finds them. */
async function passed(): Promise<[string, bigint][]> {
  const out = sumsOf(kernel)
  incomes.households = 0
  if (made) for (const chunk of made) run(kernel, chunk, out)
  else await readChunks((source as { file: string }).file, (chunk) => run(kernel, chunk, out))
  return Object.keys(out)
    .filter((id) => id.startsWith('sum:'))
    .map((id) => [id, totalOf(out[id] as Columns[string])])
}

function run(kernel: Kernel, chunk: Chunk, out: Columns): void {
  const at = incomes.households
  const end = at + chunk.households
  const { first } = chunk
  for (let h = 0; h < chunk.households; h++)
    incomes.sizes[at + h] = (first[h + 1] as number) - (first[h] as number)
  kernel.run(chunk, {
    ...out,
    cash: { data: incomes.base.subarray(at, end) },
    'reform:cash': { data: incomes.reform.subarray(at, end) },
  })
  incomes.households = end
}

parentPort?.on('message', async (ask: Ask) => {
  const answer =
    ask.kind === 'incomes'
      ? await passed()
      : ask.kind === 'count'
        ? incomes.count(ask.prefixes)
        : incomes.tally(ask.cuts, ask.threshold)
  parentPort?.postMessage(answer)
})
parentPort?.postMessage('ready')
