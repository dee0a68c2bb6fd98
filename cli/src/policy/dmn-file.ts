import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import { parseNumber } from '@nhip/feel/number'
import { parseTemporal } from '@nhip/feel/temporal'
import { Context, type FeelValue, fromData } from '@nhip/feel/values'
import { step, type YamlFile } from '@nhip/policy/bundle/yaml-file'
import { type LinkedModel, loadDmn } from '@nhip/policy/dmn/link'
import { readText } from './read-bundle.ts'

/** A DMN file with the files beside it that it may import. */
export async function openModel(path: string): Promise<{ model?: LinkedModel; problems: Problem[] }> {
  const text = await readText(path)
  const [dir, name] = [dirname(path), basename(path)]
  const beside = (await readdir(dir)).filter((file) => file.endsWith('.dmn') && file !== name).sort()
  const others = await Promise.all(
    beside.map(async (file) => ({ name: file, text: await readFile(join(dir, file), 'utf8') })),
  )
  return loadDmn({ name, text }, others)
}

/** The data of a JSON file as values of FEEL: numbers from their digits, texts in the form of dates and durations as such. */
export function contextOf(yaml: YamlFile): Context | undefined {
  const value = valueAt(yaml, '', yaml.data)
  return value instanceof Context ? value : undefined
}

function valueAt(yaml: YamlFile, pointer: string, data: unknown): FeelValue {
  if (typeof data === 'number') return yaml.number(pointer) ?? parseNumber(String(data))
  if (typeof data === 'string') return parseTemporal(data) ?? data
  if (Array.isArray(data)) return data.map((item, i) => valueAt(yaml, pointer + step(i), item))
  if (typeof data === 'object' && data !== null) {
    return new Context(
      new Map(Object.entries(data).map(([key, item]) => [key, valueAt(yaml, pointer + step(key), item)])),
    )
  }
  return fromData(data)
}
