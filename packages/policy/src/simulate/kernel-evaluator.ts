import type { Problem } from '@nhip/canonical/problem'
import type { Policy } from '../interpret/policy.ts'
import { lower } from '../ir/lower.ts'
import { compileKernel } from '../kernel/compile.ts'
import type { Columns, Kernel } from '../kernel/contract.ts'
import type { Evaluator, EvaluatorOptions, OutputColumn } from './evaluator.ts'

/** Lowers one law, or two, and compiles them to one pass over a chunk. */
export function kernelEvaluator(
  base: Policy,
  reform: Policy | null,
  { period, outputs, available, maxMembers }: EvaluatorOptions,
  compile: (spec: Parameters<typeof compileKernel>[0]) => Kernel = compileKernel,
): { evaluator: Evaluator | null; problems: Problem[] } {
  const options = { period, available, maxMembers, memo: true }
  const own = lower(base, outputs, options)
  const other = reform ? lower(reform, outputs, options) : null
  const problems = [...own.problems, ...(other?.problems ?? [])]
  if (own.ir === null || (other && other.ir === null)) return { evaluator: null, problems }
  const kernel = compile({ base: own.ir, ...(other?.ir ? { reform: other.ir } : {}), outputs })
  let room = { persons: 0, households: 0 }
  let columns: Columns = {}
  const evaluator: Evaluator = {
    inputs: [...kernel.inputs.person, ...kernel.inputs.household],
    run(chunk) {
      if (chunk.persons > room.persons || chunk.households > room.households) {
        room = {
          persons: Math.max(chunk.persons, room.persons),
          households: Math.max(chunk.households, room.households),
        }
        columns = kernel.columns(room.persons, room.households)
      }
      kernel.run(chunk as Parameters<Kernel['run']>[0], columns)
      const out: Record<string, OutputColumn> = {}
      for (const { name, level } of kernel.outputs) {
        const column = columns[name]
        if (column === undefined) continue
        out[name] = {
          level: level === 'person' ? 'person' : 'household',
          data: column.data,
          ...(column.valid ? { valid: column.valid } : {}),
        }
      }
      return out
    },
  }
  return { evaluator, problems }
}
