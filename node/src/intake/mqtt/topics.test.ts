import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errorTopic, parseFilter, parseTopic, valueTopic } from './topics.ts'

test('a reading names its source, entity and property', () => {
  expect(parseTopic('nhip/v1/tram-01/o/urn:nhip:AirStation:001/pm25')).toEqual({
    kind: 'observation',
    source: 'tram-01',
    entity: 'urn:nhip:AirStation:001',
    property: 'pm25',
  })
  expect(parseTopic('nhip/v1/tram-01/batch')).toEqual({ kind: 'batch', source: 'tram-01' })
  expect(parseTopic('nhip/v1/tram-01/status')).toEqual({ kind: 'status', source: 'tram-01' })
})

test.each([
  ['another tree', 'other/v1/a/batch'],
  ['another version', 'nhip/v2/a/batch'],
  ['no source', 'nhip/v1//batch'],
  ['an unknown branch', 'nhip/v1/a/commands'],
  ['the branch of the node', 'nhip/v1/out/o/e/p'],
  ['no property', 'nhip/v1/a/o/e'],
  ['an empty entity', 'nhip/v1/a/o//p'],
  ['one level too many', 'nhip/v1/a/o/e/p/q'],
  ['a broken percent code', 'nhip/v1/a/o/100%/p'],
])('%s is no topic of ours', (_what, topic) => {
  expect(parseTopic(topic)).toBeNull()
})

test('whatever an identifier is made of, it comes back from its topic', () => {
  const identifier = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(identifier, identifier, (entity, property) => {
      const topic = valueTopic(entity, property)
      const asked = parseFilter(topic)
      const sent = parseTopic(topic.replace('/out/', '/a/o/'))
      return (
        !/[+#]/.test(topic) &&
        asked?.kind === 'values' &&
        sent?.kind === 'observation' &&
        [asked, sent].every((found) => found.entity === entity && found.property === property)
      )
    }),
  )
})

test.each([
  ['nhip/v1/out/#', { kind: 'values', entity: null, property: null }],
  ['nhip/v1/out/+/pm25', { kind: 'values', entity: null, property: 'pm25' }],
  ['nhip/v1/out/urn:a/+', { kind: 'values', entity: 'urn:a', property: null }],
  ['nhip/v1/out/urn:a/#', { kind: 'values', entity: 'urn:a', property: null }],
  [errorTopic('a/b'), { kind: 'own', source: 'a/b', branch: 'error' }],
  ['nhip/v1/a/status', { kind: 'own', source: 'a', branch: 'status' }],
])('%s may be asked for', (filter, meaning) => {
  expect(parseFilter(filter)).toEqual(meaning)
})

test.each([
  '#',
  '+/+/+',
  'nhip/#',
  'nhip/v1/#',
  'nhip/v1/+/o/#',
  'nhip/v1/+/error',
  '$SYS/#',
  'nhip/v1/a/o/e/p',
])('%s reaches beyond what is given out', (filter) => {
  expect(parseFilter(filter)).toBeNull()
})
