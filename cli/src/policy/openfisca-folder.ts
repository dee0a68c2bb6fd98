import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import type { Bundle } from '@nhip/policy/bundle/bundle'
import { readYaml } from '@nhip/policy/bundle/yaml-file'
import { type OpenFiscaMap, runOpenFiscaFile } from '@nhip/policy/interpret/openfisca-test'
import type { TestOutcome } from '@nhip/policy/interpret/run-test'
import { UsageError } from '../verb.ts'
import { readFolder, readText } from './read-bundle.ts'

/** Runs the YAML tests of an OpenFisca model, read in place, against a bundle that expresses the same law. */
export async function runOpenFisca(
  bundle: Bundle,
  target: string,
  mapFile: string | undefined,
  notes: Problem[],
): Promise<TestOutcome[]> {
  const found = await stat(target).catch(() => undefined)
  if (!found) throw new UsageError({ vi: `Không có "${target}".`, en: `There is no "${target}".` })
  const map = mapFile === undefined ? {} : await readMap(mapFile)
  const all = found.isDirectory()
    ? await readFolder(target)
    : new Map([[basename(target), await readText(`${dirname(target)}/${basename(target)}`)]])
  notes.push({
    severity: 'info',
    code: 'openfisca.float32',
    message: {
      vi: 'Ca thử không ghi sai số được so sánh ở độ chính xác 32 bit, như OpenFisca lưu số.',
      en: 'Tests without a margin are compared in 32-bit floats, as OpenFisca stores numbers.',
    },
  })
  const outcomes: TestOutcome[] = []
  for (const [file, text] of all) {
    if (!/\.ya?ml$/.test(file)) continue
    const { yaml, problems } = readYaml(text, file)
    if (yaml) outcomes.push(...runOpenFiscaFile(bundle, yaml, map))
    else outcomes.push({ file, name: file, ok: false, differences: [], problems, warnings: [], run: null })
  }
  return outcomes
}

async function readMap(path: string): Promise<OpenFiscaMap> {
  const { yaml, problems } = readYaml(await readText(path), path)
  const data = yaml?.data
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    const why = problems[0]?.message ?? {
      vi: 'cần {variables: {…}, entities: {…}, reforms: {…}}',
      en: 'wants {variables: {…}, entities: {…}, reforms: {…}}',
    }
    throw new UsageError({ vi: `${path}: ${why.vi}`, en: `${path}: ${why.en}` })
  }
  return data as OpenFiscaMap
}
