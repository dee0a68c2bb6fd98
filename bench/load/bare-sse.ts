import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The least that a live stream can be: `node:http` alone, which writes whatever is posted to every open response. No
 * commit, no rights, no replay, no filters, no slow readers. Prints its address.
 */
const readers = new Set<ServerResponse>()
let n = 0
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('retry: 2000\n\n')
    readers.add(response)
    response.once('close', () => readers.delete(response))
    return
  }
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text
  })
  request.on('end', () => {
    n += 1
    const { observations } = JSON.parse(body) as { observations: unknown[] }
    const frame = `event: observation\nid: ${n}\ndata: ${JSON.stringify(observations[0])}\n\n`
    for (const reader of readers) reader.write(frame)
    response.end()
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
