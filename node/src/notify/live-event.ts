/** What an event is about: what filters and rights are judged by. A field is absent when the event has no such side. */
export interface About {
  dataset?: string
  entity?: string
  property?: string
  /** Administrative unit that the entity lies in; null when it lies in none. */
  unit?: string | null
  /** Who asked for the work that the event is about. */
  createdBy?: string
}

/** Something that happened and may be told to whoever listens. */
export interface LiveEvent {
  /** What readers subscribe to: `observations`. */
  topic: string
  /** What it is called on the wire: `observation`. */
  name: string
  about: About
  /** The JSON body. Asked for only when somebody is to receive it, and again when it is told anew. */
  data(): unknown
}

/** How a source tells what happens. */
export interface Publish {
  /** Tells an event at once. */
  event(event: LiveEvent): void
  /**
   * Tells the newest state of something, at most every quarter of a second for one key. What came in between is
   * passed over: `make` is called when it is the key's turn, and says what holds then.
   */
  latest(key: string, make: () => LiveEvent): void
}

/** Where events of a topic come from. Runs only while somebody listens or may come back for what was missed. */
export interface LiveSource {
  topic: string
  /** @returns how to stop it */
  start(publish: Publish): () => void
}
