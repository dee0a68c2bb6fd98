import { shuffle } from '@nhip/random/sampling'
import { RandomStream, type Seed } from '@nhip/random/stream'

/** Worth of a coalition, given as a bit mask of its players: one number an output (score, rank …). */
export type Game = (coalition: number) => readonly number[]

/** Each player's share of the change from the empty coalition to all, an array a player with a number an output. */
export type Shares = number[][]

/**
 * Exact Shapley values: the mean over all orders of what a player adds when it comes. Calls the game once for each
 * of the 2^players coalitions; the shares of each output sum to its whole change.
 * Source: Shapley, "A value for n-person games", 1953.
 * @throws {RangeError} for more than 20 players
 */
export function shapley(players: number, game: Game): Shares {
  if (players > 20) throw new RangeError(`${players} players have too many coalitions`)
  const worth = Array.from({ length: 2 ** players }, (_, coalition) => game(coalition))
  const outputs = worth[0]!.length
  const weights = coalitionWeights(players)
  return Array.from({ length: players }, (_, player) => {
    const bit = 1 << player
    const shares = Array.from({ length: outputs }, () => 0)
    for (let coalition = 0; coalition < worth.length; coalition++) {
      if (coalition & bit) continue
      const weight = weights[bits(coalition)]!
      for (let o = 0; o < outputs; o++)
        shares[o]! += weight * (worth[coalition | bit]![o]! - worth[coalition]![o]!)
    }
    return shares
  })
}

/** Weight of what a player adds to a coalition, by the coalition's size: size! (n − size − 1)! / n!. */
export function coalitionWeights(players: number): number[] {
  const weights: number[] = []
  let choices = 1
  for (let size = 0; size < players; size++) {
    weights.push(1 / (players * choices))
    choices = (choices * (players - 1 - size)) / (size + 1)
  }
  return weights
}

function bits(mask: number): number {
  let count = 0
  for (let rest = mask; rest; rest &= rest - 1) count++
  return count
}

/** Shares estimated from sampled orders, with the standard error of each. */
export interface SampledShares {
  shares: Shares
  standardErrors: Shares
}

/**
 * Shapley values from random orders, each taken forwards and backwards (which makes the pair's mean vary less).
 * The shares of each output still sum to its whole change.
 *
 * @param play starts at no player and returns a function that lets one player more come and gives the new worth
 * @param pairs how many orders are drawn; each costs 2 × players steps
 */
export function sampleShapley(
  players: number,
  play: () => { worth: readonly number[]; join(player: number): readonly number[] },
  pairs: number,
  seed: Seed,
  stream = 'shapley',
): SampledShares {
  if (pairs < 2) throw new RangeError('a standard error needs at least 2 pairs of orders')
  const random = new RandomStream(seed)
  const zeros = (): number[][] => Array.from({ length: players }, () => outputs.map(() => 0))
  const outputs = play().worth
  const sums = zeros()
  const squares = zeros()
  for (let pair = 0; pair < pairs; pair++) {
    random.restart([stream, pair])
    const order = shuffle(
      random,
      Array.from({ length: players }, (_, i) => i),
    )
    const added = zeros()
    for (const line of [order, [...order].reverse()]) {
      const run = play()
      let before = run.worth
      for (const player of line) {
        const after = run.join(player)
        for (let o = 0; o < after.length; o++) added[player]![o]! += (after[o]! - before[o]!) / 2
        before = after
      }
    }
    for (let player = 0; player < players; player++) {
      for (let o = 0; o < outputs.length; o++) {
        sums[player]![o]! += added[player]![o]!
        squares[player]![o]! += added[player]![o]! ** 2
      }
    }
  }
  return {
    shares: sums.map((sum) => sum.map((x) => x / pairs)),
    standardErrors: sums.map((sum, player) =>
      sum.map((x, o) => Math.sqrt(Math.max(0, squares[player]![o]! - (x * x) / pairs) / (pairs - 1) / pairs)),
    ),
  }
}
