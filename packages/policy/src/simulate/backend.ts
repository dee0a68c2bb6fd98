import type { Problem } from '@nhip/canonical/problem'
import type { Policy } from '../interpret/policy.ts'
import type { BackendName, Evaluator, EvaluatorOptions } from './evaluator.ts'
import { interpreterEvaluator } from './interpreter-evaluator.ts'
import { kernelEvaluator } from './kernel-evaluator.ts'

/** Makes an evaluator by the name of its back end. Null with problems when the law cannot be lowered. */
export function makeEvaluator(
  backend: BackendName,
  base: Policy,
  reform: Policy | null,
  options: EvaluatorOptions,
): { evaluator: Evaluator | null; problems: Problem[] } {
  if (backend === 'kernel') return kernelEvaluator(base, reform, options)
  const laws = [{ prefix: '', policy: base }, ...(reform ? [{ prefix: 'reform:', policy: reform }] : [])]
  return { evaluator: interpreterEvaluator(laws, options), problems: [] }
}
