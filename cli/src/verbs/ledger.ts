import { createReadStream } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { canonicalBytes } from '@nhip/canonical/canonical-json'
import { lockFolder } from '@nhip/durable/folder-lock'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { formatHead, openHead } from '@nhip/ledger/checkpoint'
import { opens, parseEnvelope } from '@nhip/ledger/envelope'
import { folderReader, type LedgerReader } from '@nhip/ledger/folder'
import { Ledger } from '@nhip/ledger/ledger'
import { LedgerError } from '@nhip/ledger/ledger-error'
import {
  formatVerifierKey,
  NoteError,
  parseSignerKey,
  parseVerifierKey,
  type VerifierKey,
} from '@nhip/ledger/note'
import { formatReceipt, verifyReceipt } from '@nhip/ledger/receipt'
import { bundlePath, TILE_WIDTH, tilePath, tilesOf } from '@nhip/ledger/tile-path'
import { type Verification, verifyLedger } from '@nhip/ledger/verify'
import { verifyFolder } from '@nhip/ledger/verify-folder'
import { anchorsOf, type KeptEvidence, keptEvidence } from '../ledger/kept-evidence.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = { vi: 'Sổ cái: ghi, chứng minh, kiểm tra', en: 'The ledger: append, prove, verify' }
export const help = {
  vi: `nhip ledger init DIR --origin TÊN --key TỆP
nhip ledger append DIR [TỆP|-]          mỗi dòng vào một JSON; sau khi đã ghi xuống đĩa, mỗi dòng ra {"index","leafHash"}
nhip ledger head DIR                    đầu sổ đã ký
nhip ledger prove DIR --index I [-o TỆP.tlog-proof]
nhip ledger consistency DIR --from M --to N
nhip ledger verify DIR|URL|TỆP.tlog-proof [--key VKEY]… [--witness VKEY]… [--quorum N] [--since TỆP]… [--tsa-ca PEM]
                                        [--payload TỆP --salt HEX]
nhip ledger export DIR ĐÍCH             bản sao tĩnh, phục vụ được bằng máy chủ web bất kỳ
nhip ledger succeed DIR --key TỆP       mở sổ kế tiếp DIR/2, mục đầu ghi lại đầu cuối cùng của sổ cũ
Mã thoát: 0 đúng · 1 sai, có bằng chứng · 2 dùng sai · 3 không đọc được nguồn · 4 nhất quán nhưng chưa đủ tin (thiếu khóa, thiếu nhân chứng)
          · 5 từ chối (đang khóa, đầy, bản cũ) · 70 lỗi của chương trình`,
  en: `nhip ledger init DIR --origin NAME --key FILE
nhip ledger append DIR [FILE|-]         one JSON a line in; once on disk, one line out: {"index","leafHash"}
nhip ledger head DIR                    the signed head
nhip ledger prove DIR --index I [-o FILE.tlog-proof]
nhip ledger consistency DIR --from M --to N
nhip ledger verify DIR|URL|FILE.tlog-proof [--key VKEY]… [--witness VKEY]… [--quorum N] [--since FILE]… [--tsa-ca PEM]
                                        [--payload FILE --salt HEX]
nhip ledger export DIR TARGET           a static copy for any web server
nhip ledger succeed DIR --key FILE      opens the successor DIR/2, whose first entry holds the last head of the old one
Exit codes: 0 verified · 1 not, with evidence · 2 usage · 3 source unreachable · 4 consistent, but not enough trust (no key, no quorum)
            · 5 refused (locked, full, old copy) · 70 a fault of ours`,
}

const options = {
  origin: { type: 'string' },
  key: { type: 'string', multiple: true },
  index: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string', short: 'o' },
  witness: { type: 'string', multiple: true },
  quorum: { type: 'string' },
  since: { type: 'string', multiple: true },
  'tsa-ca': { type: 'string' },
  payload: { type: 'string' },
  salt: { type: 'string' },
} as const

export async function run(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  const [action, target, second] = positionals
  if (!action || !(action in actions)) {
    const all = Object.keys(actions).join(', ')
    throw new UsageError({ vi: `Cần một trong: ${all}.`, en: `Want one of: ${all}.` })
  }
  if (!target) throw new UsageError({ vi: 'Thiếu thư mục sổ cái.', en: 'The ledger folder is missing.' })
  try {
    return await actions[action as keyof typeof actions](target, second, values, io)
  } catch (error) {
    const problem = (
      error as { problem?: { message: { vi: string; en: string }; hint?: { vi: string; en: string } } }
    ).problem
    if (!problem) throw error
    io.stderr.write(`${problem.message[io.lang]}\n${problem.hint ? `${problem.hint[io.lang]}\n` : ''}`)
    return error instanceof LedgerError && error.code === 'ledger-absent' ? 2 : 5
  }
}

type Values = ReturnType<typeof parseArgs<{ args: string[]; options: typeof options }>>['values']

const actions = { init, append, head, prove, consistency, verify, export: exportCopy, succeed }

interface Format {
  format: 1
  origin: string
  keys: string[]
  predecessor?: { origin: string; head: string }
}

async function init(dir: string, _second: string | undefined, values: Values, io: Io): Promise<number> {
  const key = await signer(values)
  if (values.origin !== undefined && values.origin !== key.name) {
    throw new UsageError({
      vi: `Khóa mang tên "${key.name}", không ký thay cho "${values.origin}".`,
      en: `The key is named "${key.name}" and does not sign for "${values.origin}".`,
    })
  }
  if (await exists(join(dir, 'format.json')))
    throw refused('ledger-exists', `"${dir}" đã là một sổ cái.`, `"${dir}" already is a ledger.`)
  await mkdir(dir, { recursive: true })
  await writeFormat(dir, { format: 1, origin: key.name, keys: [formatVerifierKey(key)] })
  const path = resolve(values.key?.[0] as string)
  await writeFile(join(dir, 'key-file'), `${path}\n`)
  io.stdout.write(`${JSON.stringify({ origin: key.name, vkey: formatVerifierKey(key) })}\n`)
  return 0
}

async function append(dir: string, source: string | undefined, values: Values, io: Io): Promise<number> {
  return withLedger(dir, values, async (ledger) => {
    const input = source && source !== '-' ? createReadStream(source) : io.stdin
    let line = 0
    let refusedAny = false
    const waiting: Promise<void>[] = []
    let answers: Promise<unknown> = Promise.resolve()
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++
      if (text.trim() === '') continue
      let entry: Uint8Array
      try {
        entry = canonicalBytes(JSON.parse(text))
      } catch (error) {
        refusedAny = true
        const why = (error as Error).message
        io.stderr.write(
          `${io.lang === 'vi' ? `dòng ${line}: không phải JSON chuẩn: ${why}` : `line ${line}: not canonical JSON: ${why}`}\n`,
        )
        continue
      }
      const written = ledger.append(entry)
      // Answers go out in order, each only after its entry is on disk.
      answers = answers.then(async () => {
        const { index, leafHash } = await written
        io.stdout.write(`${JSON.stringify({ index, leafHash: Buffer.from(leafHash).toString('hex') })}\n`)
      })
      waiting.push(written.then(() => undefined))
      if (waiting.length >= 1000) await Promise.all(waiting.splice(0))
    }
    await answers
    return refusedAny ? 1 : 0
  })
}

async function head(dir: string, _second: string | undefined, _values: Values, io: Io): Promise<number> {
  const note = await folderReader(nodeFileSystem, dir).read('checkpoint')
  if (!note) throw refused('ledger-absent', `"${dir}" chưa có đầu sổ nào.`, `"${dir}" has no head yet.`)
  io.stdout.write(note)
  return 0
}

async function prove(dir: string, _second: string | undefined, values: Values, io: Io): Promise<number> {
  const index = whole(values.index, '--index')
  return withLedger(dir, values, async (ledger) => {
    const current = ledger.head()
    if (!current || index >= current.size) {
      throw new UsageError({
        vi: `Không có mục ${index}: sổ có ${current?.size ?? 0} mục.`,
        en: `There is no entry ${index}: the ledger has ${current?.size ?? 0}.`,
      })
    }
    const [path, entry] = await Promise.all([ledger.inclusion(index, current.size), ledger.entry(index)])
    const receipt = formatReceipt({ index, path, entry, head: current })
    if (values.out) await writeFile(values.out, receipt)
    else io.stdout.write(receipt)
    return 0
  })
}

async function consistency(
  dir: string,
  _second: string | undefined,
  values: Values,
  io: Io,
): Promise<number> {
  const from = whole(values.from, '--from')
  const to = whole(values.to, '--to')
  return withLedger(dir, values, async (ledger) => {
    const proof = await ledger.consistency(from, to)
    io.stdout.write(
      `${JSON.stringify({ from, to, proof: proof.map((hash) => Buffer.from(hash).toString('base64')) })}\n`,
    )
    return 0
  })
}

async function verify(target: string, _second: string | undefined, values: Values, io: Io): Promise<number> {
  const keys = (values.key ?? []).map(readKey)
  const witnesses = (values.witness ?? []).map(readKey)
  const want = values.quorum === undefined ? 0 : whole(values.quorum, '--quorum')
  const kind = await kindOf(target)
  if (kind === 'absent') {
    io.stderr.write(`${io.lang === 'vi' ? `Không đọc được "${target}".` : `Cannot read "${target}".`}\n`)
    return 3
  }
  if (kind === 'receipt') return verifyOneReceipt(target, keys, witnesses, want, values, io)
  const since = await Promise.all((values.since ?? []).map((file) => readFile(file, 'utf8')))
  const anchors = values['tsa-ca'] ? await anchorsOf(values['tsa-ca']) : []
  const kept: KeptEvidence =
    kind === 'folder'
      ? await keptEvidence(target, anchors)
      : { heads: [], stamps: [], stampCount: 0, findings: [] }
  let verdict: Verification
  try {
    const options = { keys, witnesses, since: [...since, ...kept.heads] }
    verdict =
      kind === 'url'
        ? await verifyLedger(urlReader(target), options)
        : await verifyFolder(target, { ...options, stamps: kept.stamps })
  } catch (error) {
    if (kind === 'url' && error instanceof Unreachable) {
      io.stderr.write(`${error.message}\n`)
      return 3
    }
    throw error
  }
  const have = verdict.cosignedBy.length
  const latest = kept.stamps.at(-1)
  const findings = [...verdict.findings, ...kept.findings]
  const answer = {
    ...verdict,
    ok: findings.every((finding) => finding.severity !== 'error'),
    findings,
    checked: { ...verdict.checked, stamps: kept.stamps.length },
    stamps: {
      stored: kept.stampCount,
      latestSize: latest?.size ?? null,
      latestTime: latest ? new Date(latest.time).toISOString() : null,
      pendingEntries: verdict.size - (latest?.size ?? 0),
    },
    target,
    quorum: { want, have },
  }
  if (io.json) io.stdout.write(`${JSON.stringify(answer)}\n`)
  else printVerdict(answer, io)
  if (!answer.ok) return 1
  return verdict.trust === 'none' || have < want ? 4 : 0
}

async function verifyOneReceipt(
  file: string,
  keys: VerifierKey[],
  witnesses: VerifierKey[],
  want: number,
  values: Values,
  io: Io,
): Promise<number> {
  const source = await readFile(file, 'utf8')
  if (keys.length === 0) {
    io.stderr.write(
      `${io.lang === 'vi' ? 'Cần --key: không có khóa thì biên nhận không chứng minh được gì.' : 'A --key is needed: without one a receipt proves nothing.'}\n`,
    )
    return 4
  }
  try {
    const { origin, index, size, entry, cosigned } = verifyReceipt(source, { log: keys, witnesses })
    if (values.payload !== undefined) {
      const commitment = parseEnvelope(entry)?.object.commitment
      const payload: unknown = JSON.parse(await readFile(values.payload, 'utf8'))
      if (!commitment || !opens(commitment, payload, new Uint8Array(Buffer.from(values.salt ?? '', 'hex')))) {
        throw new NoteError('the payload and salt do not open the commitment of this entry')
      }
    }
    const answer = {
      ok: true,
      target: file,
      origin,
      index,
      size,
      entry: new TextDecoder().decode(entry),
      quorum: { want, have: cosigned.length },
    }
    io.stdout.write(
      io.json
        ? `${JSON.stringify(answer)}\n`
        : `${io.lang === 'vi' ? `Đúng: mục ${index} có trong sổ "${origin}" (đầu sổ ${size} mục).` : `Verified: entry ${index} is in the ledger "${origin}" (head of size ${size}).`}\n`,
    )
    return cosigned.length < want ? 4 : 0
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    if (io.json)
      io.stdout.write(
        `${JSON.stringify({ ok: false, target: file, findings: [{ kind: 'bad-signature', severity: 'error', actual: error.message }] })}\n`,
      )
    else io.stdout.write(`${io.lang === 'vi' ? 'Sai' : 'Not verified'}: ${error.message}\n`)
    return 1
  }
}

async function exportCopy(dir: string, target: string | undefined, _values: Values, io: Io): Promise<number> {
  if (!target) throw new UsageError({ vi: 'Thiếu thư mục đích.', en: 'The target folder is missing.' })
  const reader = folderReader(nodeFileSystem, dir)
  const note = await reader.read('checkpoint')
  if (!note) throw refused('ledger-absent', `"${dir}" chưa có đầu sổ nào.`, `"${dir}" has no head yet.`)
  const { keys } = await readFormat(dir)
  const { size } = openHead(new TextDecoder().decode(note), keys.map(parseVerifierKey))
  const paths = [...tilesOf(size)].map(tilePath)
  for (let bundle = 0; bundle * TILE_WIDTH < size; bundle++)
    paths.push(bundlePath(bundle, Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH)))
  for (const path of paths) {
    const bytes = await reader.read(path)
    if (!bytes) throw refused('ledger-damaged', `Thiếu ${path}.`, `${path} is missing.`)
    await mkdir(dirname(join(target, path)), { recursive: true })
    await writeFile(join(target, path), bytes)
  }
  // The head last: a copy cut short has none and cannot be taken for a whole one.
  await writeFile(join(target, 'checkpoint'), note)
  io.stdout.write(`${JSON.stringify({ size, files: paths.length + 1 })}\n`)
  return 0
}

async function succeed(dir: string, _second: string | undefined, values: Values, io: Io): Promise<number> {
  const old = await readFormat(dir)
  const note = await folderReader(nodeFileSystem, dir).read('checkpoint')
  if (!note)
    throw refused(
      'ledger-absent',
      `"${dir}" không còn đầu sổ nào để nối tiếp.`,
      `"${dir}" has no head to succeed.`,
    )
  const text = new TextDecoder().decode(note)
  const last = openHead(text, old.keys.map(parseVerifierKey))
  const key = await signer(values)
  if (key.name === last.origin) {
    throw new UsageError({
      vi: `Sổ mới cần tên mới: khóa vẫn mang tên "${key.name}".`,
      en: `The successor needs a name of its own: the key is still named "${key.name}".`,
    })
  }
  const folder = join(dir, '2')
  if (await exists(folder)) throw refused('ledger-exists', `"${folder}" đã có.`, `"${folder}" exists.`)
  await mkdir(folder, { recursive: true })
  await writeFormat(folder, {
    format: 1,
    origin: key.name,
    keys: [formatVerifierKey(key)],
    predecessor: { origin: last.origin, head: text },
  })
  await writeFile(join(folder, 'key-file'), `${resolve(values.key?.[0] as string)}\n`)
  const ledger = await Ledger.open(folder, { key, headEveryMs: 0 })
  await ledger.append(
    canonicalBytes({ v: 1, action: 'ledger.succeed', predecessor: { origin: last.origin, head: text } }),
  )
  const first = await ledger.publish()
  await ledger.close()
  io.stdout.write(formatHead(first))
  return 0
}

async function withLedger(
  dir: string,
  values: Values,
  work: (ledger: Ledger) => Promise<number>,
): Promise<number> {
  const { origin } = await readFormat(dir)
  const key = values.key?.[0]
    ? await signer(values)
    : parseSignerKey(await readFile((await readFile(join(dir, 'key-file'), 'utf8')).trim(), 'utf8'))
  if (key.name !== origin)
    throw refused(
      'ledger-fork',
      `Khóa "${key.name}" không phải của sổ "${origin}".`,
      `The key "${key.name}" is not that of the ledger "${origin}".`,
    )
  const lock = await lockFolder(dir, { program: 'nhip ledger' })
  try {
    const ledger = await Ledger.open(dir, { key, headEveryMs: 0 })
    try {
      return await work(ledger)
    } finally {
      await ledger.close()
    }
  } finally {
    await lock.release()
  }
}

async function signer(values: Values) {
  const file = values.key?.[0]
  if (!file) throw new UsageError({ vi: 'Cần --key TỆP.', en: '--key FILE is needed.' })
  return parseSignerKey(await readFile(file, 'utf8'))
}

function readKey(text: string): VerifierKey {
  try {
    return parseVerifierKey(text)
  } catch (error) {
    throw new UsageError({
      vi: `Khóa không đọc được: ${(error as Error).message}`,
      en: `The key cannot be read: ${(error as Error).message}`,
    })
  }
}

async function readFormat(dir: string): Promise<Format> {
  const bytes = await folderReader(nodeFileSystem, dir).read('format.json')
  if (!bytes)
    throw refused(
      'ledger-absent',
      `"${dir}" không phải là sổ cái (thiếu format.json).`,
      `"${dir}" is not a ledger (no format.json).`,
    )
  const format = JSON.parse(new TextDecoder().decode(bytes)) as Format
  if (format.format !== 1)
    throw refused(
      'ledger-absent',
      `Định dạng ${String(format.format)} mới hơn chương trình.`,
      `Format ${String(format.format)} is newer than the program.`,
    )
  return format
}

async function writeFormat(dir: string, format: Format): Promise<void> {
  await writeFile(join(dir, 'format.json'), `${JSON.stringify(format, null, 2)}\n`, { flag: 'wx' })
}

function refused(code: LedgerError['code'], vi: string, en: string): LedgerError {
  return new LedgerError(code, { vi, en })
}

function whole(text: string | undefined, name: string): number {
  const n = Number(text)
  if (text === undefined || !Number.isSafeInteger(n) || n < 0) {
    throw new UsageError({
      vi: `${name} cần một số nguyên không âm, nhận được "${text ?? ''}".`,
      en: `${name} wants a whole number, got "${text ?? ''}".`,
    })
  }
  return n
}

async function exists(path: string): Promise<boolean> {
  return (await nodeFileSystem.stat(path)) !== undefined
}

async function kindOf(target: string): Promise<'url' | 'folder' | 'receipt' | 'absent'> {
  if (/^https?:\/\//.test(target)) return 'url'
  try {
    return (await stat(target)).isDirectory() ? 'folder' : 'receipt'
  } catch {
    return 'absent'
  }
}

class Unreachable extends Error {}

/** Reads a ledger that a web server serves. */
function urlReader(base: string): LedgerReader {
  return {
    async read(path) {
      const url = `${base.replace(/\/$/, '')}/${path}`
      let answer: Response
      try {
        answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(30_000) })
      } catch (error) {
        throw new Unreachable(`${url}: ${(error as Error).message}`)
      }
      if (answer.status === 404) return undefined
      if (!answer.ok) throw new Unreachable(`${url}: HTTP ${answer.status}`)
      return new Uint8Array(await answer.arrayBuffer())
    },
  }
}

function printVerdict(
  verdict: Verification & {
    target: string
    quorum: { want: number; have: number }
    stamps: { stored: number; latestSize: number | null; latestTime: string | null }
  },
  io: Io,
): void {
  const vi = io.lang === 'vi'
  const { checked } = verdict
  const lines = [
    verdict.ok ? (vi ? 'Nhất quán.' : 'Consistent.') : vi ? 'KHÔNG nhất quán.' : 'NOT consistent.',
    `${vi ? 'Sổ' : 'Ledger'}: ${verdict.origin ?? '?'}  ${vi ? 'số mục' : 'size'}: ${verdict.size}`,
    vi
      ? `Đã kiểm: ${checked.entries} mục, ${checked.tiles} ô băm, ${checked.heads} đầu sổ; nhân chứng ${verdict.quorum.have}/${verdict.quorum.want}.`
      : `Checked: ${checked.entries} entries, ${checked.tiles} tiles, ${checked.heads} heads; witnesses ${verdict.quorum.have}/${verdict.quorum.want}.`,
  ]
  const { stored, latestSize, latestTime } = verdict.stamps
  if (latestSize !== null)
    lines.push(
      vi
        ? `Dấu thời gian: ${latestSize} mục đầu đã có trước ${latestTime}.`
        : `Time stamp: the first ${latestSize} entries existed before ${latestTime}.`,
    )
  else if (stored > 0)
    lines.push(
      vi
        ? `Có ${stored} dấu thời gian chưa kiểm: cần --tsa-ca.`
        : `${stored} time stamps were not judged: they need --tsa-ca.`,
    )
  if (verdict.trust === 'none') {
    lines.push(
      vi
        ? 'Chưa có khóa (--key): sổ tự xác nhận cho mình thì chưa chứng minh được gì.'
        : 'No key was given (--key): a ledger that vouches for itself proves nothing.',
    )
  }
  for (const item of verdict.findings)
    lines.push(`  ${item.kind} ${item.path ?? ''} ${item.index ?? ''} ${item.actual ?? ''}`.trimEnd())
  io.stdout.write(`${lines.join('\n')}\n`)
}
