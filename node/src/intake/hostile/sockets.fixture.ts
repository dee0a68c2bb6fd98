import { type Family, type Hostile, inTurn } from './input.fixture.ts'

const get = 'GET /healthz HTTP/1.1\r\nHost: x\r\n'
const post = 'POST /api/observations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

/** What is no HTTP, or two requests in the clothes of one. */
const frames: [string, string | Buffer][] = [
  [
    'two hundred headers',
    `${get}${Array.from({ length: 200 }, (_, i) => `X-${i}: ${'y'.repeat(200)}\r\n`).join('')}\r\n`,
  ],
  ['a header of a megabyte', `${get}X: ${'y'.repeat(1 << 20)}\r\n\r\n`],
  ['ten thousand headers of nothing', `${get}${'a:\r\n'.repeat(10_000)}\r\n`],
  ['a header without a name', `${get}: x\r\n\r\n`],
  ['a header with a null byte', `${get}X: a\0b\r\n\r\n`],
  ['a header with a blank before its colon', `${get}Content-Length : 5\r\n\r\nhello`],
  ['an address of 100,000 characters', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['a version nobody knows', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
  ['a method nobody knows', 'HACK / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a blank in the address', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['TLS on a plain door', Buffer.from('16030100c8010000c40303', 'hex')],
  ['SSH', 'SSH-2.0-OpenSSH_9.0\r\n'],
  ['noise', Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 73) % 256))],
  ['a length below nothing', `${post}Content-Length: -1\r\n\r\n{}`],
  ['a length that is a word', `${post}Content-Length: hai\r\n\r\n{}`],
  ['a length beyond all', `${post}Content-Length: 99999999999999999999\r\n\r\n{}`],
  ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
  ['a length and chunks', `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunks twice over', `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['chunks under another name', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['a chunk of a size that is a word', `${post}Transfer-Encoding: chunked\r\n\r\nhai\r\n{}\r\n0\r\n\r\n`],
  ['a chunk of a size beyond all', `${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}`],
  ['a chunk below nothing', `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n`],
  [
    'a chunk with an extension of 100,000 characters',
    `${post}Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(100_000)}\r\n{}\r\n0\r\n\r\n`,
  ],
  ['a chunk longer than it says', `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`],
  ['a line break in the address', 'GET /\r\nX: y HTTP/1.1\r\nHost: x\r\n\r\n'],
  [
    'a second request in the length of the first',
    `${get}Content-Length: 5\r\n\r\nhelloHACK / HTTP/1.1\r\n\r\n`,
  ],
  ['a body longer than is read', `${post}Content-Length: 20000000\r\n\r\n${'x'.repeat(100_000)}`],
  ['a promise of a body, and nothing', `${post}Content-Length: 10\r\nExpect: 200-maybe\r\n\r\n`],
]

/** Families of bytes on a bare connection. */
export const bareBytes: Family[] = [
  (_random, count) =>
    inTurn(frames, count).map(
      ([what, bytes]): Hostile => ({
        door: 'socket',
        family: 'frames of HTTP',
        what,
        bytes: Buffer.from(bytes as string, 'latin1'),
      }),
    ),
]
