import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalBytes, canonicalJson, NotCanonical } from './canonical-json.ts'
import { contentHash } from './content-hash.ts'

function refusal(value: unknown): string {
  try {
    canonicalJson(value)
  } catch (error) {
    if (error instanceof NotCanonical) return `${error.code} ${error.path}`
    throw error
  }
  return 'accepted'
}

function double(hex: string): number {
  return new DataView(Uint8Array.from(Buffer.from(hex, 'hex')).buffer).getFloat64(0)
}

describe('RFC 8785 examples', () => {
  test('section 3.2.2: white space goes, numbers and strings take one form', () => {
    const source = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`
    expect(canonicalJson(JSON.parse(source))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  test('section 3.2.3: keys are sorted by UTF-16 code units, not by code points', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    const order = Object.values(JSON.parse(canonicalJson(value)) as object)
    // JSON.parse moves the integer-like key first, where the canonical order has it second.
    expect(order).toEqual([
      'One',
      'Carriage Return',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
    expect(canonicalJson(value).startsWith(String.raw`{"\r":"Carriage Return","1":"One",`)).toBe(true)
  })

  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B: the double %s is written %s', (hex, text) => {
    expect(canonicalJson(double(hex))).toBe(text)
  })

  test('appendix B: NaN and infinity are errors', () => {
    expect(refusal(double('7fffffffffffffff'))).toBe('not-finite ')
    expect(refusal(double('7ff0000000000000'))).toBe('not-finite ')
  })
})

describe('what has no canonical form is refused with its place', () => {
  const cycle: { name: string; self?: unknown } = { name: 'a' }
  cycle.self = [cycle]

  test.each<[string, unknown, string]>([
    ['undefined', { a: { b: undefined } }, 'undefined /a/b'],
    ['undefined in a list', [1, undefined], 'undefined /1'],
    ['NaN', { 'a/b': [0, Number.NaN] }, 'not-finite /a~1b/1'],
    ['half a surrogate pair', { text: 'x\ud83d' }, 'lone-surrogate /text'],
    ['half a surrogate pair in a key', { 'k\udc00': 1 }, 'lone-surrogate /k\udc00'],
    ['BigInt', { n: 1n }, 'bigint /n'],
    ['function', { f: () => 1 }, 'function /f'],
    ['symbol', { s: Symbol('s') }, 'symbol /s'],
    ['symbol key', { [Symbol('s')]: 1 }, 'not-plain '],
    ['cycle', cycle, 'cycle /self/0'],
    ['Date', { at: new Date(0) }, 'not-plain /at'],
    ['Map', { m: new Map() }, 'not-plain /m'],
    ['bytes', { b: new Uint8Array(2) }, 'not-plain /b'],
    ['hole in a list', Object.assign([1], { 2: 3 }), 'sparse-array /1'],
  ])('%s', (_, value, expected) => {
    expect(refusal(value)).toBe(expected)
  })

  test('nesting without end is refused before the stack overflows', () => {
    let deep: unknown = 0
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(refusal(deep)).toMatch(/^too-deep /)
  })

  test('the same object twice is no cycle', () => {
    const shared = { x: 1 }
    expect(canonicalJson({ b: shared, a: shared })).toBe('{"a":{"x":1},"b":{"x":1}}')
  })
})

describe('properties', () => {
  test('the canonical text reads back as the same value, and canonical text is a fixed point', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('the order in which keys were written does not change the hash', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(contentHash(reversed)).toBe(contentHash(value))
      }),
    )
  })
})

describe('content hash', () => {
  test('SHA-256 of the canonical bytes (values of FIPS 180-4 messages of the same bytes)', () => {
    // sha256("{}") and sha256('"abc"') by coreutils sha256sum
    expect(contentHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
    expect(contentHash('abc')).toBe('6cc43f858fbb763301637b5af970e2a46b46f461f27e5a0f41e009c59b827b25')
  })

  test('Vietnamese text is hashed as UTF-8', () => {
    expect(Buffer.from(canonicalBytes('Huế')).toString('hex')).toBe('224875e1babf22')
  })
})
