import { openAsBlob, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { SaxesParser } from 'saxes'
import yauzl from 'yauzl'
import type { Bench, Context, Measure } from './contract.ts'
import { BenchNode, bearer } from './load/node.ts'
import { writeCsv, writeXlsx } from './load/table-files.ts'

type Kind = 'csv' | 'xlsx'

/** Columns of a row that are figures: each becomes a value. */
const FIGURES = 3

const bench: Bench = {
  name: 'import',
  about:
    'a file of 100,000 rows and six columns through the running node: previewed, then 300,000 values committed',
  peers: [
    {
      who: 'saxes',
      version: '6.0.0 over yauzl 3.4.0, counting the cells of the sheet and nothing else',
      run: bareXml,
    },
    { who: 'DuckDB', version: 'read_csv into a table of its own, in its own process', run: duckdb },
  ],
  async run(context) {
    const rows = rowsOf(context)
    const node = await BenchNode.start(join(context.folder, 'data'))
    try {
      const measures: Measure[] = []
      // Each into a dataset of its own, so that all values are new; the first also brings the stations and the properties.
      for (const kind of ['csv', 'xlsx'] as const) {
        await node.call('POST', '/api/datasets', {
          code: datasetOf(kind),
          name: { vi: 'Nhập thử', en: 'Benchmark' },
          autoCreate: true,
        })
        const path = join(context.folder, `table.${kind}`)
        await (kind === 'csv' ? writeCsv : writeXlsx)(path, rows)
        measures.push(...(await measured(node, kind, path, rows, context)))
      }
      return measures
    } finally {
      await node.stop()
    }
  },
}
export default bench

const datasetOf = (kind: Kind) => `bench-import-${kind}`
const rowsOf = ({ full }: Context) => (full ? 100_000 : 30_000)

async function measured(
  node: BenchNode,
  kind: Kind,
  path: string,
  rows: number,
  context: Context,
): Promise<Measure[]> {
  const before = residentMb(node.pid)
  let most = before
  const answers: number[] = []
  let asking = true
  const asked = (async () => {
    while (asking) {
      const began = performance.now()
      await node.call('GET', '/healthz')
      answers.push(performance.now() - began)
      most = Math.max(most, residentMb(node.pid))
      await wait(10)
    }
  })()
  const began = performance.now()
  const form = new FormData()
  form.set('dataset', datasetOf(kind))
  form.set('file', await openAsBlob(path), `table.${kind}`)
  const answer = await fetch(`${node.url}/api/imports`, {
    method: 'POST',
    headers: { authorization: bearer },
    body: form,
  })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  const { id } = (await answer.json()) as { id: string }
  const previewed = performance.now()
  await node.call('POST', `/api/imports/${id}/commit`, { autoCreate: true })
  const item = await ended(node, id)
  const committed = performance.now()
  asking = false
  await asked
  const { accepted = 0, unchanged = 0, rejected = 0 } = item.report ?? {}
  if (item.state !== 'done' || accepted + unchanged !== rows * FIGURES)
    throw new Error(`${item.state}: ${accepted} accepted, ${unchanged} unchanged, ${rejected} refused`)
  answers.sort((a, b) => a - b)
  context.log(`${kind}: ${accepted} values new, ${unchanged} known`)
  const goal = rows / 100_000
  return [
    { name: `${kind} preview`, value: (previewed - began) / 1000, uom: 's', better: 'less', floor: 3 * goal },
    {
      name: `${kind} commit`,
      value: (committed - previewed) / 1000,
      uom: 's',
      better: 'less',
      floor: 10 * goal,
    },
    { name: `${kind} memory`, value: most - before, uom: 'MB', better: 'less', floor: 300 },
    {
      name: `${kind} answers meanwhile p99`,
      value: answers[Math.floor(0.99 * (answers.length - 1))]!,
      uom: 'ms',
      better: 'less',
      floor: 50,
    },
  ]
}

interface Item {
  state: string
  report: { accepted: number; unchanged: number; rejected: number } | null
}

async function ended(node: BenchNode, id: string): Promise<Item> {
  for (;;) {
    const item = (await node.call('GET', `/api/imports/${id}`)) as Item
    if (item.state !== 'committing') return item
    await wait(50)
  }
}

/** What the system holds in memory for a process, in megabytes. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}

async function bareXml(context: Context): Promise<Measure[]> {
  const path = join(context.folder, 'table.xlsx')
  await writeXlsx(path, rowsOf(context))
  const began = performance.now()
  const zip = await yauzl.openPromise(path, { lazyEntries: true })
  let cells = 0
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.startsWith('xl/worksheets/')) continue
    const parser = new SaxesParser({ xmlns: false })
    parser.on('opentag', ({ name }) => {
      if (name === 'c') cells += 1
    })
    const decoder = new TextDecoder()
    for await (const bytes of await zip.openReadStreamPromise(entry))
      parser.write(decoder.decode(bytes as Buffer, { stream: true }))
    parser.close()
  }
  context.log(`saxes: ${cells} cells`)
  return [{ name: 'xlsx preview', value: (performance.now() - began) / 1000, uom: 's', better: 'less' }]
}

async function duckdb(context: Context): Promise<Measure[]> {
  const path = join(context.folder, 'table.csv')
  await writeCsv(path, rowsOf(context))
  const instance = await DuckDBInstance.create(join(context.folder, 'peer.db'))
  const connection = await instance.connect()
  const began = performance.now()
  await connection.run(`SELECT * FROM sniff_csv('${path}', sample_size = -1)`)
  const sniffed = performance.now()
  await connection.run(`CREATE TABLE t AS SELECT * FROM read_csv('${path}')`)
  await connection.run('CHECKPOINT')
  const stored = performance.now()
  connection.closeSync()
  instance.closeSync()
  return [
    { name: 'csv preview', value: (sniffed - began) / 1000, uom: 's', better: 'less' },
    { name: 'csv commit', value: (stored - sniffed) / 1000, uom: 's', better: 'less' },
  ]
}
