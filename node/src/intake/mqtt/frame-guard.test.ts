import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameGuard } from './frame-guard.ts'

/** A frame as MQTT writes it: type, length in seven bits a byte, body. */
function frame(length: number): Buffer {
  const header = [0x30]
  let rest = length
  do {
    const digit = rest % 128
    rest = Math.floor(rest / 128)
    header.push(rest > 0 ? digit + 128 : digit)
  } while (rest > 0)
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)])
}

function admitted(stream: Buffer, cuts: number[], limit: number): boolean {
  const guard = new FrameGuard(limit)
  const places = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])].sort(
    (a, b) => a - b,
  )
  return places.slice(1).every((end, i) => guard.admit(stream.subarray(places[i], end)))
}

test('frames up to the limit pass and a longer one does not, wherever the stream is cut', () => {
  const limit = 300
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (lengths, cuts) => {
        const stream = Buffer.concat(lengths.map(frame))
        expect(admitted(stream, cuts, limit)).toBe(lengths.every((length) => length <= limit))
      },
    ),
  )
})

test('a long frame is refused by its length, before its body has come', () => {
  expect(new FrameGuard(8192).admit(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]))).toBe(false)
})

test('a length without an end is refused', () => {
  expect(new FrameGuard(2 ** 40).admit(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe(false)
})
