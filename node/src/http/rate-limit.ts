/** Requests a second and the most that may come at once. */
export interface RateLimit {
  perSecond: number
  burst: number
}

export interface Admission {
  allowed: boolean
  limit: number
  remaining: number
  /** Seconds until the bucket has a token again. */
  resetS: number
}

/** Token buckets by key. A full bucket is forgotten, so memory follows the callers of the last seconds alone. */
export class TokenBuckets {
  #limit: RateLimit
  #buckets = new Map<string, { tokens: number; at: number }>()
  #swept = 0

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** @param now monotonic milliseconds */
  take(key: string, now: number): Admission {
    const { perSecond, burst } = this.#limit
    if (now - this.#swept > 10_000) this.#sweep(now)
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens -= 1
    this.#buckets.set(key, bucket)
    return {
      allowed,
      limit: burst,
      remaining: Math.floor(bucket.tokens),
      resetS: Math.max(0, Math.ceil((1 - bucket.tokens) / perSecond)),
    }
  }

  #sweep(now: number) {
    this.#swept = now
    const { perSecond, burst } = this.#limit
    for (const [key, bucket] of this.#buckets)
      if (bucket.tokens + ((now - bucket.at) / 1000) * perSecond >= burst) this.#buckets.delete(key)
  }
}
