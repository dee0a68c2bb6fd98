import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, replaceFile } from '@nhip/durable/replace-file'
import type { Witness } from '@nhip/ledger/witness'
import { type Route, route } from '../http/declare.ts'
import { refuse } from '../http/problem.ts'
import { type Records, SYSTEM } from '../records/contract.ts'

const TEXT = 'text/plain; charset=utf-8'
/** A head with its signatures and 63 lines of proof fit many times over. */
const MAX_BODY = 64 * 1024

export interface WitnessRooms {
  witness: Witness
  records: Records
  /** `DIR/witness` */
  folder: string
  onFork: (origin: string) => void
}

/** C2SP tlog-witness: other logs have their heads cosigned here. Public: what counts is the signature on the head. */
export function witnessRoutes({ witness, records, folder, onFork }: WitnessRooms): Route[] {
  const said = (description: string) => ({ description, type: TEXT })
  return [
    route({
      method: 'POST',
      path: '/witness/add-checkpoint',
      summary: "Cosigns another log's head if it continues the one before (C2SP tlog-witness)",
      permission: 'public',
      streams: ['text/plain', 'application/octet-stream'],
      bodyLimit: MAX_BODY,
      responses: {
        200: said('Cosignature lines'),
        400: said('The old size is above the new one, or the body is not a request'),
        403: said('No signature by a known key of this log'),
        404: said('A log that this node does not watch'),
        409: { description: 'The size that is held', type: 'text/x.tlog.size' },
        422: said('The proof does not lead from the held head to this one'),
      },
      async handle({ stream }) {
        if (!stream) throw refuse(400, 'body-missing')
        const answer = await witness.addCheckpoint(await textOf(stream.content))
        if (answer.fork) await keepEvidence(answer.fork)
        return { status: answer.status, body: answer.body }
      },
    }),
  ]

  /** Two heads of one size that differ: proof against the log, for whoever has to judge. */
  async function keepEvidence({ held, shown }: { held: string; shown: string }): Promise<void> {
    const [origin = '', size = ''] = shown.split('\n')
    const name = createHash('sha256').update(shown).digest('hex').slice(0, 16)
    const place = join(folder, 'evidence')
    await makeFolderDurably(nodeFileSystem, place)
    const file = join(place, `${size}-${name}.txt`)
    if (await nodeFileSystem.stat(file)) return
    await replaceFile(nodeFileSystem, file, new TextEncoder().encode(`${held}\n${shown}`))
    await records.tx(SYSTEM, async (tx) => {
      tx.audit({
        action: 'witness.fork',
        targetType: 'log',
        targetId: origin,
        targetVersion: size,
        after: { held, shown },
        result: 'fork',
      })
    })
    onFork(origin)
  }
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of content) {
    length += part.length
    if (length > MAX_BODY) throw refuse(413, 'body-too-large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
