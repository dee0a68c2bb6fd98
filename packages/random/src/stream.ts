import { philox4x32 } from './philox.ts'

/** Names a run: every stream of one seed is independent of those of another. Any integer, or a text. */
export type Seed = number | bigint | string

/** Names a stream inside a run: an integer (a person's number), a text, or a path of them. */
export type StreamName = number | bigint | string | readonly (number | bigint | string)[]

const MASK_64 = (1n << 64n) - 1n
const TWO_32 = 4294967296
const TWO_53 = 9007199254740992
const UNIT_53 = 1 / TWO_53
const UNIT_52 = 1 / 4503599627370496

/** FNV-1a over UTF-8 with the finaliser of SplitMix64, so that names differing in one bit lie far apart. */
function hash64(text: string): bigint {
  let h = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) h = ((h ^ BigInt(byte)) * 0x100000001b3n) & MASK_64
  h = ((h ^ (h >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64
  h = ((h ^ (h >> 27n)) * 0x94d049bb133111ebn) & MASK_64
  return h ^ (h >> 31n)
}

function word64(name: Seed, what: string): bigint {
  if (typeof name === 'bigint') return name & MASK_64
  if (typeof name === 'string') return hash64(`s${name}`)
  if (!Number.isSafeInteger(name)) throw new RangeError(`invalid ${what}: ${name} is not a safe integer`)
  return BigInt(name) & MASK_64
}

function streamWord(name: StreamName): bigint {
  if (typeof name !== 'object') return word64(name, 'stream')
  return hash64(
    `p${name.map((part) => `${typeof part === 'string' ? 's' : 'n'}${String(part)}`).join('\u0000')}`,
  )
}

/**
 * A reproducible stream of random numbers, keyed by (seed, stream).
 *
 * The number at a position depends on seed, stream and position alone, never on what was drawn before: work may
 * be split over any number of workers in any order and gives the same numbers. A stream holds 2^64 blocks of four
 * 32-bit words. For simulation only: never for keys, tokens or salts.
 */
export class RandomStream {
  readonly #key0: number
  readonly #key1: number
  #stream0 = 0
  #stream1 = 0
  #block = 0
  #next = 4
  readonly #words = new Uint32Array(4)

  /**
   * @param seed names the run
   * @param stream names the stream in it; default 0
   * @throws {RangeError} on a number that is not a safe integer
   */
  constructor(seed: Seed, stream: StreamName = 0) {
    const key = word64(seed, 'seed')
    this.#key0 = Number(key & 0xffffffffn)
    this.#key1 = Number(key >> 32n)
    this.restart(stream)
  }

  /**
   * Turns this object into the beginning of another stream of the same seed. Cheaper than a new object when a
   * loop gives each of a million people a stream of their own.
   */
  restart(stream: StreamName): this {
    if (typeof stream === 'number' && stream >= 0 && Number.isSafeInteger(stream)) {
      this.#stream0 = stream >>> 0
      this.#stream1 = Math.floor(stream / TWO_32)
    } else {
      const word = streamWord(stream)
      this.#stream0 = Number(word & 0xffffffffn)
      this.#stream1 = Number(word >> 32n)
    }
    this.#block = 0
    this.#next = 4
    return this
  }

  /** How many 32-bit words have been taken (or skipped) so far. */
  get position(): number {
    return this.#block * 4 + this.#next - 4
  }

  /**
   * Goes to the 32-bit word at `position` (0 = the first). A uniform takes two words, so the uniform number n of a
   * stream from which nothing else is drawn begins at word 2n.
   * @throws {RangeError} unless 0 ≤ position ≤ 2^53 − 1
   */
  seek(position: number): this {
    if (!Number.isSafeInteger(position) || position < 0) {
      throw new RangeError(`invalid position: ${position} is not an integer from 0 to 2^53 - 1`)
    }
    const word = position % 4
    this.#block = (position - word) / 4
    this.#next = 4
    if (word > 0) {
      this.#generate()
      this.#next = word
    }
    return this
  }

  #generate(): void {
    const block = this.#block
    philox4x32(
      block >>> 0,
      (block / TWO_32) >>> 0,
      this.#stream0,
      this.#stream1,
      this.#key0,
      this.#key1,
      this.#words,
    )
    this.#block = block + 1
    this.#next = 0
  }

  /** The next 32 random bits, as an integer from 0 to 2^32 − 1. */
  uint32(): number {
    if (this.#next === 4) this.#generate()
    return this.#words[this.#next++] as number
  }

  /** A uniform number in [0, 1): a multiple of 2^-53. Takes two words. */
  uniform(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 67108864 + low) * UNIT_53
  }

  /** A uniform number in the open interval (0, 1), symmetric about ½: never 0 and never 1. Takes two words. */
  uniformOpen(): number {
    const high = this.uint32() >>> 6
    const low = this.uint32() >>> 6
    return (high * 67108864 + low + 0.5) * UNIT_52
  }

  /** Fills `out` with the numbers that as many calls of {@link uniform} would give, several times faster. */
  fillUniform(out: Float64Array): Float64Array {
    let i = 0
    while (i < out.length && this.#next !== 4 && this.#next !== 0) out[i++] = this.uniform()
    const words = this.#words
    if (this.#next % 2 === 0) {
      for (; i + 1 < out.length; i += 2) {
        this.#generate()
        out[i] = (((words[0] as number) >>> 5) * 67108864 + ((words[1] as number) >>> 6)) * UNIT_53
        out[i + 1] = (((words[2] as number) >>> 5) * 67108864 + ((words[3] as number) >>> 6)) * UNIT_53
        this.#next = 4
      }
    }
    for (; i < out.length; i++) out[i] = this.uniform()
    return out
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`invalid probability: ${p} is not in [0, 1]`)
    return this.uniform() < p
  }

  /**
   * An integer from `low` to `high`, both included, each exactly equally likely (values that would favour some
   * are thrown away).
   * @throws {RangeError} when the bounds are not safe integers in order, or more than 2^53 values apart
   */
  integer(low: number, high: number): number {
    const span = high - low + 1
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || !(span >= 1 && span <= TWO_53)) {
      throw new RangeError(`invalid range: ${low} to ${high}`)
    }
    if (span <= TWO_32) {
      const limit = TWO_32 - (TWO_32 % span)
      let word = this.uint32()
      while (word >= limit) word = this.uint32()
      return low + (word % span)
    }
    const limit = TWO_53 - (TWO_53 % span)
    let wide = this.uniform() * TWO_53
    while (wide >= limit) wide = this.uniform() * TWO_53
    return low + (wide % span)
  }
}
