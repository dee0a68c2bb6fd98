import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const models = fileURLToPath(new URL('../../../models/', import.meta.url))

/** The Vietnamese bundle, and the population of Viet Nam cut down to three provinces and few seed households. */
export function smallModels(folder: string): { policies: string; populations: string } {
  const spec = join(folder, 'populations', 'viet-nam')
  mkdirSync(spec, { recursive: true })
  const source = (name: string): string => readFileSync(join(models, 'populations/viet-nam', name), 'utf8')
  // The mean income is that of these provinces, which have more than the nation.
  const small = source('spec.yaml')
    .replace('seeds: 3000', 'seeds: 900')
    .replace('mean: 5400000', 'mean: 7200000')
  writeFileSync(join(spec, 'spec.yaml'), small)
  for (const table of ['age.csv', 'residence.csv', 'income.csv', 'poverty.csv']) {
    const kept = source(table)
      .split('\n')
      .filter((line) => /^(province|01|79|11),/.test(line))
    writeFileSync(join(spec, table), `${kept.join('\n')}\n`)
  }
  cpSync(join(models, 'policies/thu-nhap-ho-gia-dinh'), join(folder, 'policies/thu-nhap-ho-gia-dinh'), {
    recursive: true,
  })
  return { policies: join(folder, 'policies'), populations: join(folder, 'populations') }
}
