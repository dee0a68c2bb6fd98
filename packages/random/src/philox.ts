/**
 * Philox4x32-10, a counter-based generator: a bijection of a 128-bit counter under a 64-bit key.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011; constants as in
 * the Random123 library.
 */
const M0 = 0xd2511f53
const M1 = 0xcd9e8d57
const W0 = 0x9e3779b9
const W1 = 0xbb67ae85
const ROUNDS = 10

// JavaScript has no 32×32→64 product, so the high word is put together from 16-bit halves.
const M0_LOW = M0 & 0xffff
const M0_HIGH = M0 >>> 16
const M1_LOW = M1 & 0xffff
const M1_HIGH = M1 >>> 16

/**
 * Writes the four 32-bit words of the block at counter (c0, c1, c2, c3) under key (k0, k1) to `out[0..3]`.
 * Words are taken and given modulo 2^32.
 */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const aLow = c0 & 0xffff
    const aHigh = c0 >>> 16
    const bLow = c2 & 0xffff
    const bHigh = c2 >>> 16
    const aMiddle = Math.imul(M0_HIGH, aLow) + (Math.imul(M0_LOW, aLow) >>> 16)
    const aCarry = Math.imul(M0_LOW, aHigh) + (aMiddle & 0xffff)
    const bMiddle = Math.imul(M1_HIGH, bLow) + (Math.imul(M1_LOW, bLow) >>> 16)
    const bCarry = Math.imul(M1_LOW, bHigh) + (bMiddle & 0xffff)
    const high0 = (Math.imul(M0_HIGH, aHigh) + (aMiddle >>> 16) + (aCarry >>> 16)) | 0
    const high1 = (Math.imul(M1_HIGH, bHigh) + (bMiddle >>> 16) + (bCarry >>> 16)) | 0
    const low0 = Math.imul(M0, c0)
    const low1 = Math.imul(M1, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + W0) | 0
    k1 = (k1 + W1) | 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}
