// The program that kill.test.ts ends with SIGKILL: appends for ever with 64 callers and says what was acknowledged.
import { Ledger } from './ledger.ts'
import { ED25519, signerKey } from './note.ts'

const [folder = '', start = '0'] = process.argv.slice(2)
const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const ledger = await Ledger.open(folder, { key, headEveryMs: 20, tailBytes: 200_000 })
let next = Number(start)
const caller = async () => {
  for (;;) {
    const n = next++
    const { index } = await ledger.append(new TextEncoder().encode(`mục ${n}`))
    process.stdout.write(`${index} ${n}\n`)
  }
}
process.stdout.write('ready\n')
await Promise.all(Array.from({ length: 64 }, caller))
