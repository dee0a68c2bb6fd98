import type { Seed } from '@nhip/node/main'

const title = {
  vi: 'Tạo lịch sử của Thành phố Mẫu (số liệu mô phỏng)',
  en: 'Making the history of the model city (simulated data)',
}

/** The labelled synthetic city, as the node takes it: ninety days of history as a job, then live readings. */
export const cityOfTheDemo: Seed = {
  name: 'demo-city',
  profile: 'demo',
  async history(rooms, job) {
    const { DemoCity } = await import('@nhip/demo/seed')
    const city = new DemoCity(rooms, { now: rooms.now })
    await city.describe(rooms.actor)
    const until = await city.loadHistory((done, total) => job.progress(done, total, title), job.signal)
    job.signal.throwIfAborted()
    return { until: new Date(until).toISOString() }
  },
  async live(rooms, signal) {
    const { DemoCity } = await import('@nhip/demo/seed')
    const city = new DemoCity(rooms, { now: rooms.now })
    // What was sent while the node was off is made up for first.
    const from = await city.loadHistory(() => undefined, signal)
    return city.live(from, (err) => rooms.log.warn({ event: 'demo-city', err }))
  },
}
