import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHead } from '@nhip/ledger/checkpoint'
import { verifiedCosignatures } from '@nhip/ledger/cosignature'
import { parseVerifierKey } from '@nhip/ledger/note'
import { afterAll, expect, it } from 'vitest'
import { readSettings } from '../config.ts'
import { type RunningNode, serve } from '../main.ts'
import type { LedgerState } from './contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-two-nodes-'))
const running: RunningNode[] = []
afterAll(async () => {
  for (const node of running) await node.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(name: string, more: Record<string, string> = {}): Promise<RunningNode> {
  const flags = { data: join(folder, name), port: '0', profile: 'empty', log: 'error', ...more }
  const node = await serve({ settings: readSettings(flags, {}), passwordCost: 4 })
  running.push(node)
  return node
}
const stateOf = async (node: RunningNode) =>
  (await (await fetch(`${node.url}/api/ledger`)).json()) as LedgerState

it('two whole nodes, set up by their settings alone: one cosigns the heads of the other', async () => {
  const hue = await start('hue')
  const { vkey } = await stateOf(hue)
  await hue.stop()
  running.pop()
  const national = await start('quoc-gia', { watchedLogs: vkey })
  const { cosigner } = await stateOf(national)
  const again = await start('hue', { witnesses: `${national.url}/witness ${cosigner.witness}` })
  const state = await stateOf(again)
  // Asked what it holds before anything is signed: it had seen nothing, and cosigned the head on disk.
  expect(state.witnesses).toMatchObject({ guarded: true, list: [{ name: cosigner.witness.split('+')[0] }] })
  await expect
    .poll(async () => (await stateOf(again)).witnesses.list[0]?.state, { timeout: 90_000, interval: 1000 })
    .toBe('cosigned')
  const note = await (await fetch(`${again.url}/ledger/checkpoint`)).text()
  expect(
    verifiedCosignatures(parseHead(note).note, [parseVerifierKey(cosigner.witness)]).map(
      ({ key }) => key.name,
    ),
  ).toEqual([cosigner.witness.split('+')[0]])
}, 180_000)
