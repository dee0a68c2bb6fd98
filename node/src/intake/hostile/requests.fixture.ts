import { gzipSync } from 'node:zlib'
import {
  type Family,
  type Hostile,
  type HostileRequest,
  inTurn,
  openDataset,
  property,
  strictDataset,
} from './input.fixture.ts'

const reading = { entity: 'Hồ Gươm', property, at: '2026-11-01T08:00:00+07:00', value: 41.5 }
type Body = string | Buffer

function requests(
  family: string,
  sorts: readonly (Omit<HostileRequest, 'door' | 'family' | 'outcome'> & {
    outcome?: HostileRequest['outcome']
  })[],
): Family {
  return (_random, count) =>
    inTurn(sorts, count).map((sort): Hostile => ({ door: 'request', family, outcome: 'refused', ...sort }))
}

const batch = (observations: unknown, dataset: unknown = openDataset) =>
  JSON.stringify({ dataset, observations })
const json = (what: string, body: Body, outcome?: HostileRequest['outcome']) => ({
  what,
  body,
  ...(outcome ? { outcome } : {}),
})
/** A reading with something else in one of its fields. */
const withField = (what: string, fields: object, outcome?: HostileRequest['outcome']) =>
  json(what, batch([{ ...reading, ...fields }]), outcome)
/** JSON as it is written, for what no object of ours can hold. */
const written = (what: string, text: string, outcome?: HostileRequest['outcome']) =>
  json(
    what,
    `{"dataset":"${openDataset}","observations":[{"entity":"A","property":"${property}","at":"2026-11-01T08:00:00Z",${text}}]}`,
    outcome,
  )

const bodies = requests('json', [
  json('nothing', ''),
  json('half an object', '{"dataset":'),
  json('two objects', '{}{}'),
  json('a list', '[]'),
  json('a number', '1'),
  json('null', 'null'),
  json('single quotes', "{'dataset':'x'}"),
  json('a comment', `{"dataset":"${openDataset}"/*x*/,"observations":[]}`),
  json(
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from(`{"dataset":"`), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
  ),
  json('UTF-16', Buffer.from(batch([reading]), 'utf16le')),
  json('a hundred thousand open brackets', '['.repeat(100_000)),
  json('a hundred thousand brackets, closed again', '['.repeat(100_000) + ']'.repeat(100_000)),
  json(
    'objects in objects, fifty thousand deep',
    `{"dataset":"x","observations":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
  ),
  json('no readings', batch([])),
  json('10,001 readings', batch(Array.from({ length: 10_001 }, () => ({ ...reading, text: undefined })))),
  json('more than eight megabytes', batch([{ ...reading, text: 'x'.repeat(9 * 1024 * 1024) }])),
  json('a list for the dataset', batch([reading], [openDataset])),
  json('a dataset nobody knows', batch([reading], 'không-có')),
  json('the prototype', `{"__proto__":{"admin":true},${batch([reading]).slice(1)}`),
  json('the constructor', `{"constructor":{"prototype":{"admin":true}},${batch([reading]).slice(1)}`),
  json(
    'a field nobody knows',
    JSON.stringify({ dataset: openDataset, observations: [reading], admin: true }),
  ),
  written('1e999', '"value":1e999'),
  written('-1e999', '"value":-1e999'),
  written('NaN', '"value":NaN'),
  written('Infinity', '"value":Infinity'),
  written('hexadecimal', '"value":0x1F'),
  written('a leading zero', '"value":042'),
  written('a leading plus', '"value":+42'),
  written('a decimal comma', '"value":41,5'),
  written('a number of five thousand digits', `"value":${'9'.repeat(5000)}`),
  written('a number as text', '"value":"41.5"'),
  written('truth for a number', '"value":true'),
  written('an object for a number', '"value":{"$gt":0}'),
  written('a null character', '"value":1,"text":"a\\u0000b"'),
  written('half a surrogate pair', '"value":1,"text":"\\ud83d"'),
  written('the other half', '"value":1,"breakdown":"\\udc00x"'),
  written('a null character in a name of a field', '"value":1,"a\\u0000":1'),
  written('a line break in a string', '"value":1,"text":"a\nb"'),
  written('a field nobody knows', '"value":1,"__proto__":{"x":1}'),
  written('a field twice', '"value":1,"value":2', 'endured'),
])

const fields = requests('fields', [
  withField('no entity', { entity: undefined }),
  withField('an empty entity', { entity: '' }),
  withField('blanks for an entity', { entity: ' \u00a0 ' }),
  withField('an entity of 100,000 characters', { entity: 'x'.repeat(100_000) }),
  withField('a property of 100,000 characters', { property: 'x'.repeat(100_000) }),
  withField('a breakdown of 100,000 characters', { breakdown: 'x'.repeat(100_000) }),
  withField('a property nobody could create', { property: '../../etc' }),
  withField('a property with a quotation mark', { property: "x'; DROP TABLE obs; --" }),
  ...[
    '2026-02-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-01T25:00:00Z',
    '2026-11-01T08:00:00',
    '2026-11-01',
    '0000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '+275760-09-13T00:00:01Z',
    '10000-01-01T00:00:00Z',
    '1730000000',
    '',
    'now',
    '2026-11-01T08:00:00+25:00',
    '2026-11-01T08:00:60Z',
    '2026-11-01 08:00Z+07:00',
    '２０２６-11-01T08:00:00Z',
    '2026-11-01T08:00:00Z\n',
  ].map((at) => withField(`the time ${JSON.stringify(at)}`, { at })),
  withField('a time that is a number', { at: 1_730_000_000 }),
  withField('the year 9999', { at: '9999-12-31T23:59:59Z' }, 'flagged'),
  withField('tomorrow ten years on', { at: '2036-11-01T00:00:00Z' }, 'flagged'),
  withField('an instant and an interval', { from: '2026' }),
  withField('an end without a start', { at: undefined, to: '2026' }),
  withField('an end before its start', { at: undefined, from: '2026', to: '2025' }),
  withField('a period that is none', { at: undefined, from: '2026-Q5' }),
  withField('published tomorrow', { published: '2199-01-01' }),
  withField('published on a day that is none', { published: '2026-02-30' }),
  withField('no value', { value: undefined }),
  withField('half a ratio', { value: undefined, num: 1 }),
  withField('a ratio by zero', { value: undefined, num: 1, den: 0 }),
  withField('a ratio beyond all numbers', { value: undefined, num: 1e308, den: 1e-300 }),
  withField('a status nobody knows', { status: 'Z' }),
  withField('a value beside "missing"', { status: 'O' }),
  ...['furlong', 'µµ', '', '\u202e', 'kg', 'kg/', '%'.repeat(1000)].map((uom) =>
    withField(
      `the unit of measure ${JSON.stringify(uom.slice(0, 9))}`,
      { uom },
      uom === '' ? 'endured' : 'refused',
    ),
  ),
  json('a province that ended', batch([{ ...reading, entity: '77' }], strictDataset)),
  json('a code that no unit bears', batch([{ ...reading, entity: '99999' }], strictDataset)),
  json(
    'an entity nobody knows, where none is created',
    batch([{ ...reading, entity: 'urn:nhip:X:1' }], strictDataset),
  ),
  json(
    'one bad reading behind a thousand good ones',
    batch([
      ...Array.from({ length: 1000 }, (_, i) => ({
        ...reading,
        at: `2025-01-01T00:${String(i % 60).padStart(2, '0')}:00Z`,
        entity: `E${i}`,
      })),
      { ...reading, value: null },
    ]),
  ),
])

const line = JSON.stringify(reading)
const nd = (what: string, body: Body, outcome?: HostileRequest['outcome']) => ({
  what,
  body,
  type: 'application/x-ndjson',
  path: `/api/observations?dataset=${openDataset}`,
  ...(outcome ? { outcome } : {}),
})
const csv = (what: string, body: Body, outcome?: HostileRequest['outcome']) => ({
  ...nd(what, body, outcome),
  type: 'text/csv',
})
const lines = requests('lines', [
  nd('half a line', `${line}\n{"entity":`),
  nd('a list', '[1,2]\n'),
  nd('a bare number', '41.5\n'),
  nd('null', 'null\n'),
  nd('a null byte', `${line}\n\0\n`),
  nd('a null character', `{"entity":"a\\u0000","property":"${property}","value":1}\n`),
  nd('half a surrogate pair', `{"entity":"\\ud83d","property":"${property}","value":1}\n`),
  nd('bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x0a])),
  nd('1e999', `{"entity":"A","property":"${property}","at":"2026-11-01T08:00:00Z","value":1e999}\n`),
  nd('the prototype', `{"__proto__":{"x":1},"entity":"A","property":"${property}","value":1}\n`),
  nd('10,001 lines', `${line}\n`.repeat(10_001)),
  nd('nine megabytes', 'x'.repeat(9 * 1024 * 1024)),
  nd('half a bad line behind a good one', `${line}\n${line.slice(0, -2)}\n`),
  csv('a column nobody knows', 'entity,property,wert\nA,b,1\n'),
  csv('a column twice', 'entity,property,value,value\nA,b,1,2\n'),
  csv('the prototype as a column', '__proto__,entity,property,value\n1,A,b,1\n'),
  csv('a decimal comma', `entity,property,at,value\nA,${property},2026-11-01T08:00:00Z,"41,5"\n`),
  csv('a formula', `entity,property,at,value\nA,${property},2026-11-01T08:00:00Z,=1+1\n`),
  csv('NaN', `entity,property,at,value\nA,${property},2026-11-01T08:00:00Z,NaN\n`),
  csv('1e999', `entity,property,at,value\nA,${property},2026-11-01T08:00:00Z,1e999\n`),
  csv('a quotation mark that never closes', `entity,property,value\n"A,${property},1\n`),
  csv('a row too short', `entity,property,at,value\nA,${property}\n`),
  csv('a row too long', `entity,property,at,value\nA,${property},2026-11-01T08:00:00Z,1,2,3\n`),
  csv('UTF-16', Buffer.from(`entity,property,value\nA,${property},1\n`, 'utf16le')),
  csv(
    'windows-1252',
    Buffer.from(`entity,property,at,value\nH\xf4,${property},2026-11-01T08:00:00Z,1\n`, 'latin1'),
  ),
  csv('a null byte', `entity,property,at,value\nA\0,${property},2026-11-01T08:00:00Z,1\n`),
  csv('semicolons', `entity;property;value\nA;${property};1\n`),
])

const upload = { method: 'POST', path: '/api/imports' }
const part = (headers: string, body: string) => `--b\r\n${headers}\r\n\r\n${body}\r\n`
const frames = requests('frames', [
  { what: 'text for JSON', type: 'text/plain', body: batch([reading]) },
  { what: 'a form for JSON', type: 'application/x-www-form-urlencoded', body: 'dataset=x' },
  { what: 'XML for JSON', type: 'application/xml', body: '<a/>' },
  { what: 'a type that is no type', type: ';;;', body: batch([reading]) },
  {
    what: 'gzip that says so',
    type: 'application/json',
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(batch([reading])),
  },
  { what: 'no dataset beside lines', type: 'application/x-ndjson', body: `${line}\n` },
  { what: 'a parameter nobody knows', path: '/api/observations?x=1', body: batch([reading]) },
  { what: 'partial=maybe', path: '/api/observations?partial=maybe', body: batch([reading]) },
  {
    what: 'a parameter twice',
    path: `/api/observations?dataset=a&dataset=b`,
    type: 'text/csv',
    body: 'entity,property,value\n',
  },
  { what: 'a null character in a parameter', path: '/api/observations?dataset=%00', body: batch([reading]) },
  { what: 'JSON for an upload', ...upload, body: '{}' },
  {
    what: 'an upload without a boundary',
    ...upload,
    type: 'multipart/form-data',
    body: part('content-disposition: form-data; name="file"; filename="a.csv"', 'a'),
  },
  {
    what: 'an upload without an end',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: part('content-disposition: form-data; name="file"; filename="a.csv"', 'a,b\r\n1,2'),
  },
  {
    what: 'an upload without a file',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: `${part('content-disposition: form-data; name="dataset"', openDataset)}--b--\r\n`,
  },
  { what: 'an upload of nothing', ...upload, type: 'multipart/form-data; boundary=b', body: '--b--\r\n' },
  {
    what: 'a part without headers',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: '--b\r\n\r\nx\r\n--b--\r\n',
  },
  {
    what: 'a file under another name',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: `${part('content-disposition: form-data; name="tep"; filename="a.csv"', 'a')}--b--\r\n`,
  },
  {
    what: 'a hundred fields',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: `${part('content-disposition: form-data; name="x"', 'y').repeat(100)}--b--\r\n`,
  },
  {
    what: 'a field of two megabytes',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: `${part('content-disposition: form-data; name="mapping"', 'x'.repeat(2_000_000))}--b--\r\n`,
  },
  {
    what: 'a field of the prototype',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: `${part('content-disposition: form-data; name="__proto__"', 'x')}--b--\r\n`,
  },
  {
    what: 'a dataset that climbs',
    ...upload,
    type: 'multipart/form-data; boundary=b',
    body: `${part('content-disposition: form-data; name="dataset"', '../../x')}${part('content-disposition: form-data; name="file"; filename="a.csv"', 'a,b\r\n1,2')}--b--\r\n`,
  },
  {
    what: 'a boundary of 300 characters',
    ...upload,
    type: `multipart/form-data; boundary=${'b'.repeat(300)}`,
    body: 'x',
  },
  ...[
    '../../../etc/passwd',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '00000000-0000-0000-0000-00000000000g',
    '%c0%ae%c0%ae',
    '1%27%20OR%201=1',
    '%E0%A4%A',
    '..;/x',
    'a'.repeat(2000),
    '%00',
  ].map((id) => ({ what: `an import called ${id.slice(0, 24)}`, method: 'GET', path: `/api/imports/${id}` })),
  ...['..%2f..%2fetc', '%00', "'%20OR%20''='", '%F0%9F%92'].map((id) => ({
    what: `an entity called ${id}`,
    method: 'GET',
    path: `/api/entities/${id}`,
  })),
  { what: 'a forged cursor', method: 'GET', path: '/api/imports?cursor=e30.AAAA' },
  { what: 'a limit of minus one', method: 'GET', path: '/api/imports?limit=-1' },
  { what: 'a limit of all', method: 'GET', path: '/api/imports?limit=1e9' },
  {
    what: 'a commit of nothing',
    method: 'POST',
    path: '/api/imports/00000000-0000-7000-8000-000000000000/commit',
    body: '{}',
  },
  { what: 'a way of asking nobody knows', method: 'PATCH', path: '/api/imports', body: '{}' },
])

/** Families of requests that are whole as HTTP goes. */
export const wholeRequests: Family[] = [bodies, fields, lines, frames]
