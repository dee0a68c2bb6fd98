import { readData } from '../data/read-data.ts'
import { dataRoles } from '../framework/data-roles.ts'
import type { Framework } from '../framework/framework.ts'
import { loadFramework } from '../framework/load.ts'
import type { Panel } from '../panel.ts'

/** A framework from YAML; throws on any problem. */
export function frameworkOf(text: string): Framework {
  const { framework, problems } = loadFramework({ path: 'test.yaml', text, read: () => null })
  if (!framework || problems.some((p) => p.severity === 'error')) throw new Error(JSON.stringify(problems))
  return framework
}

/** Panels of DATA.csv in its wide form, the unit in column `unit`. */
export function panelsOf(framework: Framework, text: string): Panel[] {
  const roles = dataRoles(framework)
  const { data, problems } = readData(text, { wide: 'unit', roles: (item) => roles.get(item) ?? 'unused' })
  if (!data) throw new Error(JSON.stringify(problems))
  return data.panels
}

export const panelOf = (framework: Framework, text: string): Panel => panelsOf(framework, text)[0]!
