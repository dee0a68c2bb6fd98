import type { Bundle } from '../bundle/bundle.ts'
import { isComputed } from '../bundle/model.ts'
import type { Place } from '../dmn/model.ts'
import { type Finding, finding } from './finding.ts'

/** Parameters and input variables of a bundle that no formula reads. */
export function checkUnused({ program, model }: Pick<Bundle, 'program' | 'model'>): Finding[] {
  const parameters = new Set<string>()
  const folders: string[] = []
  const variables = new Set<string>([
    ...model.outcomes.relevant,
    ...model.outcomes.budget.map(({ variable }) => variable),
    ...model.invariants.flatMap(({ increasing }) => increasing ?? []),
  ])
  if (model.outcomes.income !== null) variables.add(model.outcomes.income)
  const texts: string[] = [...model.outcomes.povertyLines, ...model.invariants].flatMap(
    ({ feel }) => feel?.text ?? [],
  )
  for (const { formulas } of program.variables.values()) {
    for (const { feel, decision } of formulas) {
      for (const code of [...(feel ? [feel] : []), ...(decision?.inputs.map((input) => input.code) ?? [])]) {
        folders.push(...code.folders)
        for (const access of code.accesses.values()) {
          if (access.from === 'parameter') parameters.add(access.path)
          if (access.from === 'own' || access.from === 'member' || access.from === 'group')
            variables.add(access.variable.name)
        }
      }
    }
  }
  for (const { values, brackets } of model.parameters.values())
    for (const { value } of [values, ...brackets.flatMap((b) => [b.threshold, b.amount])].flat())
      if (isComputed(value)) texts.push(value.feel.text)
  const findings: Finding[] = []
  for (const { path, place } of model.parameters.values()) {
    const used =
      parameters.has(path) ||
      folders.some((folder) => path.startsWith(`${folder}.`)) ||
      texts.some((text) => text.includes(`parameters.${path}`))
    if (!used)
      findings.push(
        unused(path, place, {
          vi: `không công thức nào đọc tham số "${path}"`,
          en: `no formula reads parameter "${path}"`,
        }),
      )
  }
  for (const { name, place, formulas } of model.variables.values()) {
    const used = formulas.length > 0 || variables.has(name) || texts.some((text) => text.includes(name))
    if (!used)
      findings.push(
        unused(name, place, {
          vi: `không công thức nào đọc biến "${name}"`,
          en: `no formula reads variable "${name}"`,
        }),
      )
  }
  return findings
}

function unused(value: string, place: Place, message: Finding['message']): Finding {
  return finding({ severity: 'warning', code: 'graph.unused', place, value, message })
}
