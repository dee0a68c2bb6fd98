import { readFileSync } from 'node:fs'
import type { Framework } from '@nhip/measure/framework/framework'
import { loadFramework } from '@nhip/measure/framework/load'
import { CELL, type Panel } from '@nhip/measure/panel'
import { normal } from '@nhip/random/normal'
import { RandomStream } from '@nhip/random/stream'
import { ITEMS, UNITS } from './national-table.ts'

const MAINS = 9

/** An index of the size of the national ones: 9 main indices, 98 items, gaps filled, outliers treated. */
export function nationalFramework(): Framework {
  const mains = Array.from(
    { length: MAINS },
    (_, m) => `  - {code: M${m}, parent: Index, weight: ${1 + (m % 3)}}`,
  )
  const items = Array.from(
    { length: ITEMS },
    (_, i) => `  - {code: I${i}, parent: M${i % MAINS}, direction: ${i % 7 === 6 ? -1 : 1}}`,
  )
  return load(
    'national.yaml',
    `framework: national
version: "1"
status: draft
impute: {method: median}
treat: {method: winsorise_log}
normalise: {method: minmax, range: [0, 100]}
nodes:
  - {code: Index}
${mains.join('\n')}
${items.join('\n')}
`,
  )
}

/** ASEM's own file; the numbers beside it are made up, of the same count. */
export function asemFramework(): Framework {
  const file = new URL('../../models/frameworks/asem-2018.yaml', import.meta.url)
  return load('asem-2018.yaml', readFileSync(file, 'utf8'))
}

function load(path: string, text: string): Framework {
  const { framework, problems } = loadFramework({ path, text, read: () => null })
  if (!framework || problems.some((p) => p.severity === 'error')) throw new Error(JSON.stringify(problems))
  return framework
}

/** Made-up answers to all items of a framework: skewed ones too, two in a hundred missing. */
export function madeUpPanel(framework: Framework, units = UNITS): Panel {
  const items = [...framework.leaves.map((i) => framework.nodes[i]!.code), ...framework.denominators]
  const size = units * items.length
  const panel: Panel = {
    period: '2026-06',
    units: Array.from({ length: units }, (_, u) => `u${String(u).padStart(5, '0')}`),
    items,
    value: new Float64Array(size),
    state: new Uint8Array(size),
    se: null,
    parts: null,
    attributes: new Map(
      framework.attributes.map((item) => [
        item,
        Array.from({ length: units }, (_, u) => (u % 5 < 3 ? 'Europe' : 'Asia')),
      ]),
    ),
  }
  const stream = new RandomStream(20_260_601)
  items.forEach((_, i) => {
    stream.restart(i)
    for (let u = 0; u < units; u++) {
      const z = normal(stream)
      const missing = i < framework.leaves.length && stream.uniform() < 0.02
      panel.value[i * units + u] = missing ? 0 : i % 4 === 0 ? Math.exp(3 + 1.2 * z) : 50 + 10 * z
      panel.state[i * units + u] = missing ? CELL.missing : CELL.ok
    }
  })
  return panel
}

/** Series of `periods` months after one another: level, season, noise, one slip in a thousand. */
export function madeUpSeries(count: number, periods: number): Float64Array {
  const values = new Float64Array(count * periods)
  const noise = Float64Array.from({ length: 4096 }, (_, i) => normal(new RandomStream(7, i)))
  for (let s = 0; s < count; s++)
    for (let t = 0; t < periods; t++) {
      const slip = (s * 31 + t * 7) % 1000 === 0 ? 10 : 1
      const level = 100 + (s % 97) + 8 * Math.sin((t * Math.PI) / 6)
      values[s * periods + t] = slip * (level + 5 * noise[(s * 60 + t * 13) & 4095]!)
    }
  return values
}
