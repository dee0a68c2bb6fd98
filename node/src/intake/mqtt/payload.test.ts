import { expect, test } from 'vitest'
import { batchIn, readingIn } from './payload.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')
const reading = (payload: string) => readingIn(bytes(payload), 'urn:nhip:AirStation:001', 'pm25')
const named = { entity: 'urn:nhip:AirStation:001', property: 'pm25' }

test.each([
  ['41.2', { ...named, value: 41.2 }],
  ['-3e2', { ...named, value: -300 }],
  [' 7\n', { ...named, value: 7 }],
  [
    '{"v":41.2,"at":"2026-11-21T08:00:00+07:00","u":"ug/m3"}',
    { ...named, value: 41.2, at: '2026-11-21T08:00:00+07:00', uom: 'ug/m3' },
  ],
  [
    '{"n":3,"d":4,"from":"2026-10","b":"nữ","p":"2026-11-05"}',
    { ...named, num: 3, den: 4, from: '2026-10', breakdown: 'nữ', published: '2026-11-05' },
  ],
  ['{"t":"mất điện","s":"O"}', { ...named, text: 'mất điện', status: 'O' }],
])('%s is a reading', (payload, expected) => {
  expect(reading(payload)).toEqual({ reading: expected })
})

test('a dataset that the sender names goes with the reading', () => {
  expect(reading('{"v":1,"ds":"air"}')).toEqual({ reading: { ...named, value: 1 }, dataset: 'air' })
})

test.each([
  ['nothing', '', 'payload-unreadable'],
  ['a number with a decimal comma', '41,2', 'payload-unreadable'],
  ['NaN', 'NaN', 'payload-unreadable'],
  ['Infinity by its digits', '1e999', 'not-a-number'],
  ['a hexadecimal number', '0x2A', 'payload-unreadable'],
  ['full-width digits', '\uff14\uff11', 'payload-unreadable'],
  ['broken JSON', '{"v":4', 'payload-unreadable'],
  ['a list', '[1,2]', 'type'],
  ['text for a number', '{"v":"41.2"}', 'type'],
  ['a field nobody knows', '{"v":1,"value":2}', 'unknown-field'],
  ['a prototype in disguise', '{"v":1,"__proto__":{"ds":"air"}}', 'unknown-field'],
])('%s is refused', (_what, payload, code) => {
  expect(reading(payload)).toMatchObject([{ code }])
})

test('bytes that are no UTF-8 and payloads of more than 64 kB are refused', () => {
  expect(readingIn(Buffer.from([0xff, 0xfe]), 'e', 'p')).toMatchObject([{ code: 'body-not-utf8' }])
  expect(readingIn(Buffer.alloc(64 * 1024 + 1, 0x31), 'e', 'p')).toMatchObject([
    { code: 'payload-too-large' },
  ])
})

test('a batch is the body of POST /api/observations', () => {
  const batch = { dataset: 'air', observations: [{ ...named, value: 1 }] }
  expect(batchIn(bytes(JSON.stringify(batch)))).toEqual(batch)
  expect(batchIn(bytes(JSON.stringify({ ...batch, observations: [] })))).toMatchObject([{ code: 'size' }])
  expect(batchIn(bytes('[]'))).toMatchObject([{ code: 'type' }])
})
