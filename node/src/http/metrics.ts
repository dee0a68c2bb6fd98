import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Upper bounds in seconds of the request histogram. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Figures of this process in Prometheus' text format 0.0.4. */
export class Metrics {
  #requests = new Map<string, { count: number; sum: number; buckets: number[] }>()
  #gauges: { name: string; help: string; read: () => number }[] = []
  #lag = monitorEventLoopDelay({ resolution: 20 })

  constructor() {
    this.#lag.enable()
  }

  /** @param route the declared path, never the address asked for: the number of series stays small */
  observe(method: string, route: string, status: number, seconds: number): void {
    const key = `method="${method}",route="${route}",status="${status}"`
    let entry = this.#requests.get(key)
    if (!entry) {
      entry = { count: 0, sum: 0, buckets: bounds.map(() => 0) }
      this.#requests.set(key, entry)
    }
    entry.count += 1
    entry.sum += seconds
    for (let i = bounds.length - 1; i >= 0 && seconds <= bounds[i]!; i -= 1) entry.buckets[i]! += 1
  }

  gauge(name: string, help: string, read: () => number): void {
    this.#gauges.push({ name, help, read })
  }

  text(): string {
    const lines = [
      '# HELP nhip_http_request_seconds Time to answer.',
      '# TYPE nhip_http_request_seconds histogram',
    ]
    for (const [labels, { count, sum, buckets }] of this.#requests) {
      for (const [i, bound] of bounds.entries())
        lines.push(`nhip_http_request_seconds_bucket{${labels},le="${bound}"} ${buckets[i]}`)
      lines.push(`nhip_http_request_seconds_bucket{${labels},le="+Inf"} ${count}`)
      lines.push(`nhip_http_request_seconds_sum{${labels}} ${sum}`)
      lines.push(`nhip_http_request_seconds_count{${labels}} ${count}`)
    }
    const memory = process.memoryUsage()
    const single = (name: string, help: string, value: number) =>
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`)
    single('process_resident_memory_bytes', 'Resident memory.', memory.rss)
    single('nodejs_heap_used_bytes', 'Heap in use.', memory.heapUsed)
    single(
      'nodejs_eventloop_lag_p99_seconds',
      'Event loop delay, 99th percentile.',
      this.#lag.percentile(99) / 1e9,
    )
    for (const { name, help, read } of this.#gauges) single(name, help, read())
    return `${lines.join('\n')}\n`
  }

  close(): void {
    this.#lag.disable()
  }
}
