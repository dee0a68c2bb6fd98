import type { Framework } from './framework.ts'

/** What each item that a framework reads must carry; items that are not in the map are none of its business. */
export function dataRoles(framework: Framework): Map<string, 'number' | 'text'> {
  const roles = new Map<string, 'number' | 'text'>()
  for (const { code } of framework.inputs) roles.set(code, 'number')
  for (const code of framework.denominators) roles.set(code, 'number')
  for (const i of framework.leaves) {
    const node = framework.nodes[i]!
    if (node.formula !== null) continue
    roles.set(node.code, node.score?.kind === 'levels' ? 'text' : 'number')
  }
  for (const code of framework.attributes) roles.set(code, 'text')
  return roles
}
