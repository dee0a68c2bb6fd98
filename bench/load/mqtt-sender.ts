import { connect, type Socket } from 'node:net'
import { reading, STATIONS } from './sensors.ts'

/**
 * The load generator of MQTT, in a process of its own: `mqtt-sender.ts HOST PORT USER TOKEN SECONDS CLIENTS IN_FLIGHT`.
 * Each client keeps so many messages of QoS 1 under way and sends another for each acknowledgement. It writes its own
 * frames (MQTT 3.1.1 §3), so that the same few instructions load our node and its peer. Prints one line of JSON.
 */
const [host, port, user, token, seconds, clients, inFlight] = process.argv.slice(2)
const EVERY_MS = 5_000

/** Before the clock starts: code that has never run is not what a node under steady load runs. */
const WARM_MS = 2_000

const latencies: number[] = []
let acknowledged = 0
let station = 0
let step = 0
let began = 0
let end = 0

function string(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function frame(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const header = [type]
  let rest = body.length
  do {
    const digit = rest % 128
    rest = Math.floor(rest / 128)
    header.push(rest > 0 ? digit | 128 : digit)
  } while (rest > 0)
  return Buffer.concat([Buffer.from(header), body])
}

function publish(id: number): Buffer {
  const { entity, from, value } = reading(station, step, EVERY_MS)
  if (++station === STATIONS) {
    station = 0
    step++
  }
  const packetId = Buffer.alloc(2)
  packetId.writeUInt16BE(id)
  const payload = `{"v":${value},"at":"${new Date(from).toISOString()}","ds":"bench-air"}`
  return frame(0x32, string(`nhip/v1/${user}/o/${entity}/pm25`), packetId, Buffer.from(payload))
}

/** Opens one client; the returned function lets it send until the end and resolves when all is acknowledged. */
async function open(n: number): Promise<() => Promise<void>> {
  const socket: Socket = connect(Number(port), host)
  socket.setNoDelay(true)
  const connectFrame = frame(
    0x10,
    string('MQTT'),
    Buffer.from([4, 0xc2, 0, 60]),
    string(`bench-${n}`),
    string(user!),
    string(token!),
  )
  socket.write(connectFrame)
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('close', () => reject(new Error('the broker ended the connection')))
  })
  if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`the broker answered ${answer.toString('hex')}`)

  return () =>
    new Promise<void>((resolve, reject) => {
      const sentAt = new Float64Array(65_536)
      let underWay = 0
      let id = 0
      const more = (count: number) => {
        const frames: Buffer[] = []
        for (let i = 0; i < count; i++) {
          id = (id % 65_535) + 1
          sentAt[id] = performance.now()
          frames.push(publish(id))
        }
        underWay += count
        socket.write(Buffer.concat(frames))
      }
      let rest = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
        const whole = bytes.length - (bytes.length % 4)
        const now = performance.now()
        acknowledged += whole / 4
        if (now >= began && now < end)
          for (let at = 0; at < whole; at += 4) latencies.push(now - sentAt[bytes.readUInt16BE(at + 2)]!)
        rest = bytes.subarray(whole)
        underWay -= whole / 4
        if (now < end) more(whole / 4)
        else if (underWay === 0) resolve()
      })
      socket.once('close', () => reject(new Error('the broker ended the connection')))
      more(Number(inFlight))
    })
}

const ready = await Promise.all(Array.from({ length: Number(clients) }, (_, n) => open(n)))
process.stdout.write('ready\n')
await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()))
began = performance.now() + WARM_MS
end = began + Number(seconds) * 1000
await Promise.all(ready.map((send) => send()))
latencies.sort((a, b) => a - b)
const at = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? Number.NaN
process.stdout.write(
  `${JSON.stringify({ perSecond: latencies.length / Number(seconds), acknowledged, p50: at(0.5), p99: at(0.99) })}\n`,
)
process.exit(0)
