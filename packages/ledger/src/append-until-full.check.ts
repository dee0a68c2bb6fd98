// Appends with 16 callers until the disk has refused a few times, printing each answer: for the test that limits the size of files.
import { Ledger } from './ledger.ts'
import { LedgerFull } from './ledger-error.ts'
import { ED25519, signerKey } from './note.ts'

const [folder = ''] = process.argv.slice(2)
const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const ledger = await Ledger.open(folder, { key, headEveryMs: 0 })
let next = ledger.state().size
let refused = 0
await Promise.all(
  Array.from({ length: 16 }, async () => {
    while (refused < 40) {
      const n = next++
      try {
        const { index } = await ledger.append(new TextEncoder().encode(`mục ${n} ${'.'.repeat(n % 700)}`))
        process.stdout.write(`${index} ${n}\n`)
      } catch (error) {
        if (!(error instanceof LedgerFull)) throw error
        refused++
      }
    }
  }),
)
process.stdout.write(`refused ${refused}\n`)
