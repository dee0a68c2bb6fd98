import { Agent, get, type IncomingMessage } from 'node:http'
import { bearer } from './node.ts'

/**
 * Readers of a live stream, in a process of their own: `listeners.ts URL COUNT`. Each event tells in `"value":` when it
 * was sent, epoch milliseconds. Says `ready` when all streams are open; prints one line of JSON for each line that it is
 * sent: how many events came since the line before, the least and the most of one reader, and how late they were.
 */
const [url = '', count = '0'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: false, maxSockets: Number(count) })
let latencies: number[] = []
const heard = Array.from({ length: Number(count) }, () => 0)
const sentAt = /^data: .*"value":([\d.]+)/

await Promise.all(heard.map((_, reader) => open(reader)))
process.stdout.write('ready\n')

process.stdin.on('data', () => {
  latencies.sort((a, b) => a - b)
  const at = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? Number.NaN
  process.stdout.write(
    `${JSON.stringify({ events: latencies.length, least: Math.min(...heard), most: Math.max(...heard), p50: at(0.5), p95: at(0.95), p99: at(0.99) })}\n`,
  )
  latencies = []
  heard.fill(0)
})

function open(reader: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: bearer } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`stream ${reader}: ${answer.statusCode}`))
      read(answer, reader, resolve)
    }).once('error', reject)
  })
}

function read(answer: IncomingMessage, reader: number, opened: () => void): void {
  let rest = ''
  answer.setEncoding('utf8').on('data', (text: string) => {
    opened()
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    const now = performance.timeOrigin + performance.now()
    for (const line of lines) {
      const value = sentAt.exec(line)?.[1]
      if (value === undefined) continue
      heard[reader]! += 1
      latencies.push(now - Number(value))
    }
  })
}
