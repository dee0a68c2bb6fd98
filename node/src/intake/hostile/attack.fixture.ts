import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '../../config.ts'
import { newLog, type RunningNode, serve } from '../../main.ts'
import type { ImportItem } from '../contract.ts'
import {
  type Hostile,
  type HostileBytes,
  type HostileFile,
  type HostileRequest,
  mapping,
  openDataset,
  property,
  strictDataset,
} from './input.fixture.ts'

const token = 'token-of-the-hostile-test-0123456789'

interface ProblemAnswer {
  code: string
  detail: string
  errors: NonNullable<ImportItem['report']>['errors']
}

/** What became of an input: null as it should be, else what was found wanting. */
export type Verdict = string | null

/** A running node in a folder of its own, and the sending of inputs to it over HTTP. */
export class Attacked {
  readonly node: RunningNode
  readonly #folder: string

  private constructor(node: RunningNode, folder: string) {
    this.node = node
    this.#folder = folder
  }

  static async start(): Promise<Attacked> {
    const folder = mkdtempSync(join(tmpdir(), 'nhip-hostile-'))
    const node = await serve({
      settings: readSettings(
        { data: folder, profile: 'empty', port: '0', bootstrapToken: token, unlimitedLoopback: 'true' },
        {},
      ),
      log: newLog('error'),
      passwordCost: 10,
    })
    const attacked = new Attacked(node, folder)
    const name = { vi: 'Thử đầu vào xấu', en: 'Hostile inputs' }
    await attacked.#make('/api/datasets', { code: openDataset, name, autoCreate: true })
    await attacked.#make('/api/datasets', { code: strictDataset, name, autoCreate: false })
    await attacked.#make('/api/properties', {
      code: property,
      name,
      kind: 'number',
      uom: 'ug/m3',
      overPeriods: 'mean',
      overUnits: 'mean',
    })
    return attacked
  }

  async stop(): Promise<void> {
    await this.node.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Sends an input and judges what comes of it. */
  async send(input: Hostile): Promise<Verdict> {
    const before = this.node.observations.status().lastSeq
    const verdict = await (input.door === 'file'
      ? this.#file(input)
      : input.door === 'request'
        ? this.#request(input)
        : this.#bytes(input))
    const stored = this.node.observations.status().lastSeq - before
    const mayStore = input.door !== 'socket' && input.outcome !== 'refused'
    if (stored > 0 && !mayStore) return `${stored} rows were stored`
    return verdict
  }

  /** Whether the node still answers, quickly, with what it should. */
  async isWell(): Promise<boolean> {
    const answer = await fetch(`${this.node.url}/healthz`, { signal: AbortSignal.timeout(5000) })
    return answer.status === 200
  }

  async #make(path: string, body: object): Promise<void> {
    const answer = await this.#call('POST', path, { type: 'application/json', body: JSON.stringify(body) })
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }

  #call(
    method: string,
    path: string,
    sent: { type?: string; body?: string | Buffer; headers?: Record<string, string>; lang?: string } = {},
  ): Promise<Response> {
    return fetch(this.node.url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
      headers: {
        authorization: `Bearer ${token}`,
        'accept-language': sent.lang ?? 'vi',
        ...(sent.type === undefined ? {} : { 'content-type': sent.type }),
        ...sent.headers,
      },
      ...(sent.body === undefined || method === 'GET'
        ? {}
        : { body: sent.body as string | Uint8Array<ArrayBuffer> }),
    })
  }

  async #request(input: HostileRequest): Promise<Verdict> {
    const { method = 'POST', path = '/api/observations', type = 'application/json', headers, body } = input
    const call = (lang: string) =>
      this.#call(method, path, {
        lang,
        ...(method === 'GET' ? {} : { type }),
        ...(headers ? { headers } : {}),
        ...(body === undefined ? {} : { body }),
      })
    let answer: Response
    try {
      answer = await call('vi')
    } catch (error) {
      // Who goes on sending megabytes behind a refusal finds the line cut.
      if ((body?.length ?? 0) > 1 << 20) return null
      throw error
    }
    if (answer.status >= 500) return `${answer.status} ${(await answer.text()).slice(0, 300)}`
    if (answer.status < 400) {
      const done = (await answer.json()) as { flagged?: number }
      if (input.outcome === 'endured') return null
      if (input.outcome === 'refused') return `${answer.status} ${JSON.stringify(done).slice(0, 200)}`
      return (done.flagged ?? 0) > 0 ? null : 'taken in without a flag'
    }
    if (input.outcome === 'flagged') return `refused: ${(await answer.text()).slice(0, 200)}`
    const problem = (await answer.json()) as ProblemAnswer
    const other = (await (await call('en')).json()) as ProblemAnswer
    if (!problem.detail || problem.detail === other.detail) return `one language only: ${problem.detail}`
    return placesOf(problem.errors)
  }

  async #file(input: HostileFile): Promise<Verdict> {
    const form = new FormData()
    const fields = input.fields ?? { dataset: openDataset, mapping: mapping() }
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob([new Uint8Array(await input.bytes())]), input.name)
    const answer = await fetch(`${this.node.url}/api/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'accept-language': 'vi' },
      body: form,
    })
    if (answer.status >= 500) return `upload: ${answer.status} ${(await answer.text()).slice(0, 300)}`
    if (answer.status !== 201) return this.#fileRefused(input, (await answer.json()) as ProblemAnswer)
    const made = (await answer.json()) as ImportItem
    if (/[\\/\p{Cc}\p{Cf}]/u.test(made.file) || made.file.length > 200) return `file name: ${made.file}`
    const committed = await this.#call('POST', `/api/imports/${made.id}/commit`, {
      type: 'application/json',
      body: '{"onError":"abort","autoCreate":true}',
    })
    if (committed.status >= 500) return `commit: ${committed.status} ${await committed.text()}`
    if (committed.status !== 202) return this.#fileRefused(input, (await committed.json()) as ProblemAnswer)
    const item = await this.#ended(made.id)
    if (item.state === 'failed') return this.#rowsRefused(input, item)
    if (item.state !== 'done') return `the import ended as ${item.state}`
    return this.#takenIn(input, item)
  }

  #fileRefused({ outcome }: HostileFile, problem: ProblemAnswer): Verdict {
    if (outcome !== 'refused' && outcome !== 'endured')
      return `refused: ${problem.code} ${JSON.stringify(problem.errors?.slice(0, 2))}`
    return problem.detail ? placesOf(problem.errors) : 'no words'
  }

  async #rowsRefused({ outcome }: HostileFile, item: ImportItem): Promise<Verdict> {
    const errors = item.report?.errors ?? []
    if (outcome !== 'refused' && outcome !== 'endured')
      return `refused: ${JSON.stringify(errors.slice(0, 2))}`
    if (errors.length === 0) return 'refused without an error'
    const csv = await (await this.#call('GET', `/api/imports/${item.id}/errors.csv`)).text()
    const formula = csv.split(/[,\n]/).find((cell) => /^"?[=+@]|^"?-\D/.test(cell))
    if (formula !== undefined) return `a formula in errors.csv: ${formula}`
    return placesOf(errors)
  }

  async #takenIn({ outcome }: HostileFile, item: ImportItem): Promise<Verdict> {
    if (outcome === 'endured') return null
    if (outcome === 'refused') return `taken in: ${JSON.stringify(item.report)}`
    if (outcome === 'read')
      return item.preview[0]?.value === 41.5 ? null : `read as ${JSON.stringify(item.preview[0])}`
    const { flagged = 0, blank = 0 } = item.report ?? {}
    if (flagged > 0 || blank > 0 || item.problems.length > 0) return null
    const found = await (await this.#call('GET', `/api/findings?import=${item.id}&limit=1`)).json()
    return (found as { total: number }).total > 0 ? null : 'taken in without a flag'
  }

  async #ended(id: string): Promise<ImportItem> {
    for (;;) {
      const item = (await (await this.#call('GET', `/api/imports/${id}`)).json()) as ImportItem
      if (item.state !== 'committing') return item
      await new Promise((resolve) => setTimeout(resolve, 4))
    }
  }

  /** Sends bytes as they are and reads what comes back until the line is quiet. */
  async #bytes({ bytes }: HostileBytes): Promise<Verdict> {
    const { hostname, port } = new URL(this.node.url)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname)
      let text = ''
      const end = () => {
        socket.destroy()
        resolve(text)
      }
      socket.setTimeout(150, end)
      socket.on('data', (data) => {
        text += data.toString('latin1')
      })
      socket.on('close', () => resolve(text))
      socket.on('error', () => resolve(text))
      socket.write(bytes)
    })
    const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
    return statuses.some((status) => status >= 500) ? answer.slice(0, 200) : null
  }
}

/** Problems that are about a file or a request as a whole have no value to name. */
function placesOf(errors: ProblemAnswer['errors']): Verdict {
  for (const error of errors ?? []) {
    const { code, message, line, column, path, file, value } = error
    if (!code || !message.vi || !message.en || message.vi === message.en)
      return `an error without words: ${JSON.stringify(error)}`
    if (
      line === undefined &&
      column === undefined &&
      path === undefined &&
      file === undefined &&
      value === undefined
    )
      return `an error without a place: ${JSON.stringify(error)}`
    if (JSON.stringify(error).length > 4000) return `an error of ${JSON.stringify(error).length} characters`
  }
  return null
}
