import { SimulatedDisk } from '@nhip/durable/simulated-disk'
import { expect, it } from 'vitest'
import { signCheckpoint } from './checkpoint.ts'
import { verifiedCosignatures } from './cosignature.ts'
import { Ledger } from './ledger.ts'
import { COSIGNATURE_ED25519, ED25519, parseSignatureLine, signerKey } from './note.ts'
import { Witness, witnessRequest } from './witness.ts'

const logKey = signerKey('hue.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const key = signerKey('quoc-gia.nhip.example/witness', COSIGNATURE_ED25519, new Uint8Array(32).fill(2))
const time = 1_795_000_000

async function setting() {
  const disk = new SimulatedDisk()
  const ledger = await Ledger.open('/ledger', { key: logKey, fs: disk, headEveryMs: 0 })
  const witness = new Witness('/witness', {
    key,
    logs: [{ origin: logKey.name, keys: [logKey] }],
    fs: disk,
    now: () => time,
  })
  const grow = async (n: number) => {
    for (let i = 0; i < n; i++) await ledger.append(new TextEncoder().encode(`mục ${ledger.state().size}`))
    return ledger.publish()
  }
  return { disk, ledger, witness, grow }
}

it('cosigns a head that continues the one before, with its own time', async () => {
  const { ledger, witness, grow } = await setting()
  let old = 0
  for (const n of [1, 5, 300]) {
    const head = await grow(n)
    const answer = await witness.addCheckpoint(
      witnessRequest(old, await ledger.consistency(old, head.size), head),
    )
    expect(answer.status).toBe(200)
    const signature = parseSignatureLine(answer.body.trimEnd())
    expect(verifiedCosignatures({ text: head.note.text, signatures: [signature] }, [key])).toEqual([
      { key, time },
    ])
    old = head.size
  }
  expect(await witness.size(logKey.name)).toBe(306)
})

it('answers as the specification says when something is wrong', async () => {
  const { ledger, witness, grow } = await setting()
  const first = await grow(4)
  await witness.addCheckpoint(witnessRequest(0, [], first))
  const head = await grow(4)
  const proof = await ledger.consistency(4, 8)
  const ask = async (body: string) => {
    const { status, type, body: said } = await witness.addCheckpoint(body)
    return [status, type === 'text/x.tlog.size' ? said : '']
  }
  expect(await ask('hello')).toEqual([400, ''])
  expect(await ask(witnessRequest(9, [], head))).toEqual([400, ''])
  expect(await ask(witnessRequest(0, [], head))).toEqual([409, '4\n'])
  expect(await ask(witnessRequest(4, proof.slice(1), head))).toEqual([422, ''])
  const stranger = signerKey(logKey.name, ED25519, new Uint8Array(32).fill(7))
  expect(await ask(witnessRequest(4, proof, signCheckpoint(head, stranger)))).toEqual([403, ''])
  const unknown = signerKey('khac.example/log', ED25519, new Uint8Array(32).fill(8))
  expect(
    await ask(witnessRequest(0, [], signCheckpoint({ ...head, origin: unknown.name }, unknown))),
  ).toEqual([404, ''])
  expect(await ask(witnessRequest(4, proof, head))).toEqual([200, ''])
})

it('keeps both heads as evidence when a log shows two histories', async () => {
  const { witness, grow } = await setting()
  const head = await grow(3)
  await witness.addCheckpoint(witnessRequest(0, [], head))
  const other = signCheckpoint({ ...head, root: head.root.map((byte) => byte ^ 1) }, logKey)
  const answer = await witness.addCheckpoint(witnessRequest(3, [], other))
  expect(answer.status).toBe(409)
  expect(answer.fork?.held).toContain('hue.nhip.example/log\n3\n')
  expect(answer.fork?.held).not.toBe(answer.fork?.shown)
})

it('cannot be rolled back by two requests at once, nor by a power cut', async () => {
  const { disk, ledger, witness, grow } = await setting()
  const small = await grow(2)
  const large = await grow(2)
  const answers = await Promise.all([
    witness.addCheckpoint(witnessRequest(0, [], large)),
    witness.addCheckpoint(witnessRequest(0, [], small)),
  ])
  expect(answers.map((answer) => answer.status)).toEqual([200, 409])
  await ledger.close()
  disk.powerCut(() => 0.2)
  expect(await witness.size(logKey.name)).toBe(4)
})
