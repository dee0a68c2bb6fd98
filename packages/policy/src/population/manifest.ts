import type { Problem } from '@nhip/canonical/problem'
import { checkSchema, type Schema } from '../bundle/check-schema.ts'
import { populationSchema } from '../bundle/contract.ts'
import { readYaml } from '../bundle/yaml-file.ts'
import type { PopulationManifest } from './population.ts'

/** Reads the text of a `population.json`. What does not fit the schema is a problem with its line. */
export function readManifest(
  text: string,
  file = 'population.json',
): { manifest: PopulationManifest | undefined; problems: Problem[] } {
  // JSON is YAML, and the YAML reader knows where each value stands.
  const { yaml, problems } = readYaml(text, file)
  if (yaml === undefined) return { manifest: undefined, problems }
  const all = [...problems, ...checkSchema(yaml, populationSchema as unknown as Schema)]
  if (all.some(({ severity }) => severity === 'error')) return { manifest: undefined, problems: all }
  const manifest = yaml.data as PopulationManifest
  const names = new Map<string, string>()
  for (const [i, { entity, name }] of manifest.columns.entries()) {
    if (names.has(name) || (entity !== 'person' && entity !== 'household')) {
      all.push(
        yaml.problem(`/columns/${i}`, names.has(name) ? 'name.duplicate' : 'name.unknown', name, {
          vi: names.has(name) ? `cột "${name}" được khai báo hai lần` : `không có thực thể "${entity}"`,
          en: names.has(name) ? `column "${name}" is declared twice` : `there is no entity "${entity}"`,
        }),
      )
    }
    names.set(name, entity)
  }
  return { manifest: all.length === 0 ? manifest : undefined, problems: all }
}
