import { setTimeout as wait } from 'node:timers/promises'
import type { Problem } from '@nhip/canonical/problem'
import type { Caller } from '../../http/caller.ts'
import { problemItem } from '../../http/problem.ts'
import { ObservationsError } from '../../observations/errors.ts'
import { qualityBit } from '../../observations/quality.ts'
import { admit, type Batch, type IntakeRooms } from '../admit.ts'
import { type Candidate, candidateOf } from '../candidate.ts'
import type { Admitted, Reading } from '../contract.ts'
import { fromReadings } from '../readings.ts'
import { mayWrite, writableDataset } from '../writable-dataset.ts'
import { Lane } from './lane.ts'
import { batchIn, readingIn } from './payload.ts'
import { faultOfReading } from './refusal.ts'
import type { Source, Sources } from './sources.ts'
import type { InTopic } from './topics.ts'

/** How long a store whose queue is full is asked again before the sender has to. */
const patienceMs = 10_000
const againMs = 50

const done = Promise.resolve()

/** A message of a source that has been recognised. */
export interface Message {
  topic: InTopic
  /** The topic as it was sent, for reports. */
  name: string
  payload: Uint8Array
  caller: Caller
  address?: string
}

/** What MQTT messages come to, whichever broker they came by: readings that are stored, or refused with a report. */
export class Receiver {
  readonly #rooms: IntakeRooms
  readonly #sources: Sources
  readonly #now: () => number
  readonly #lanes = new Map<string, Lane>()
  /** By property; forgotten with the picture of the caller, which lives for seconds. */
  readonly #defaults = new WeakMap<Caller, Map<string, string | undefined>>()

  constructor(rooms: IntakeRooms, sources: Sources, now: () => number = Date.now) {
    this.#rooms = rooms
    this.#sources = sources
    this.#now = now
  }

  /**
   * Resolves when the message may be acknowledged: its readings are on disk, or refused for good. Rejects when it has to
   * be sent again.
   */
  receive(message: Message): Promise<void> {
    const source = this.#sources.of(message.caller.username)
    source.heard()
    const { topic } = message
    if (topic.kind === 'observation') return this.#reading(source, message, topic)
    return topic.kind === 'batch' ? this.#batch(source, message) : this.#status(source, message)
  }

  async #status(source: Source, { payload, name }: Message): Promise<void> {
    const said = Buffer.from(payload).toString('utf8').slice(0, 100)
    if (said === 'online' || said === 'offline') source.says(said)
    else source.rejected(name, 0, [problemItem('unknown-gateway-state', { value: said }, { value: said })])
  }

  // Not async: at 10,000 messages a second each promise that is not made counts.
  #reading(
    source: Source,
    { name, payload, caller, address }: Message,
    { entity, property }: Extract<InTopic, { kind: 'observation' }>,
  ): Promise<void> {
    const refuse = (problems: Problem[]) => {
      source.rejected(name, 1, problems)
      return done
    }
    const sent = readingIn(payload, entity, property)
    if (Array.isArray(sent)) return refuse(sent)
    const code = sent.dataset ?? this.#datasetOf(caller, property)
    if (code === undefined)
      return refuse([problemItem('not-in-one-dataset', { property }, { value: property })])
    const candidate = this.#candidate(sent.reading)
    if ('severity' in candidate) return refuse([candidate])
    return this.#lane(caller, code, source, address)
      .push(candidate, caller)
      .then((faults) => {
        if (faults.length > 0) source.rejected(name, 1, faults)
      })
  }

  async #batch(source: Source, { name, payload, caller, address }: Message): Promise<void> {
    const batch = batchIn(payload)
    if (Array.isArray(batch)) return source.rejected(name, 1, batch)
    const { dataset, observations, partial = false } = batch
    const receivedAt = this.#now()
    const { candidates, errors } = fromReadings(observations, receivedAt)
    if (errors.length > 0 && !partial) return source.rejected(name, observations.length, errors)
    try {
      const answer = await this.#admit({ candidates, partial, receivedAt }, dataset, {
        caller,
        address,
        source,
      })
      const faults = [...errors, ...answer.errors]
      const refused = answer.rejected > 0 && !partial ? observations.length : errors.length + answer.rejected
      if (faults.length > 0) source.rejected(name, refused, faults)
    } catch (error) {
      const faults = faultOfReading(error)
      if (!faults) throw error
      source.rejected(name, observations.length, faults)
    }
  }

  /** A reading without a time has that of its own arrival, not that of the group it is committed with. */
  #candidate(reading: Reading): Candidate | Problem {
    const now = this.#now()
    const candidate = candidateOf(reading, 0, now)
    if ('severity' in candidate) return { ...candidate, path: undefined }
    if (candidate.span !== null) return candidate
    return { ...candidate, span: { from: now, to: null }, quality: candidate.quality | qualityBit['no-time'] }
  }

  /** The dataset of a source that names none: the only one it may write to, else the one that its property is written to. */
  #datasetOf(caller: Caller, property: string): string | undefined {
    let known = this.#defaults.get(caller)
    if (!known) {
      known = new Map()
      this.#defaults.set(caller, known)
    }
    if (!known.has(property)) known.set(property, this.#defaultDataset(caller, property))
    return known.get(property)
  }

  #defaultDataset(caller: Caller, code: string): string | undefined {
    const { catalogue } = this.#rooms
    const all = catalogue.datasets().filter((dataset) => mayWrite(caller, dataset))
    const ofProperty = all.filter(({ properties }) => properties.includes(code))
    const candidates = all.length === 1 ? all : ofProperty
    const preferred = catalogue.property(code)?.preferredDataset
    return (candidates.length === 1 ? candidates[0] : candidates.find((one) => one.code === preferred))?.code
  }

  #lane(caller: Caller, code: string, source: Source, address: string | undefined): Lane {
    const key = `${caller.username}\u0001${code}`
    let lane = this.#lanes.get(key)
    if (!lane) {
      lane = new Lane(
        (candidates, who) =>
          this.#admit({ candidates, partial: true, receivedAt: this.#now() }, code, {
            caller: who,
            address,
            source,
          }),
        caller,
        () => this.#lanes.delete(key),
      )
      this.#lanes.set(key, lane)
    }
    return lane
  }

  async #admit(
    batch: Pick<Batch, 'candidates' | 'partial' | 'receivedAt'>,
    code: string,
    from: { caller: Caller; address: string | undefined; source: Source },
  ): Promise<Admitted> {
    const { caller, address, source } = from
    const actor = { id: caller.id ?? caller.username, ...(address === undefined ? {} : { address }) }
    const deadline = performance.now() + patienceMs
    for (;;) {
      try {
        const dataset = writableDataset(this.#rooms.catalogue, caller, code)
        const answer = await admit(
          this.#rooms,
          { ...batch, dataset, source: `mqtt:${caller.username}`, door: 'mqtt' },
          actor,
        )
        source.counts.accepted += answer.accepted
        source.counts.unchanged += answer.unchanged
        source.counts.flagged += answer.flagged
        return answer
      } catch (error) {
        const full = error instanceof ObservationsError && error.code === 'overloaded'
        if (!full || performance.now() > deadline) throw error
        await wait(againMs)
      }
    }
  }
}
