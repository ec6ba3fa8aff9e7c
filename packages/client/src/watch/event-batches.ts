import { type Event, Event_EventType } from '@waypost/protocol'
import type { KeySpace } from '../keys/key-space.ts'
import type { WatchBatch, WatchEvent } from './watch-batch.ts'

/** Puts events together by revision, however they are divided into answers. */
export class EventBatches {
  readonly #space: KeySpace
  #revision = 0n
  #events: WatchEvent[] = []

  constructor(space: KeySpace) {
    this.#space = space
  }

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  /** Returns the batch that is whole, since an event of a later revision has come. */
  add(event: Event): WatchBatch | undefined {
    const { kv: raw } = event
    if (raw === undefined) return undefined
    const whole = raw.modRevision === this.#revision ? undefined : this.end()
    this.#revision = raw.modRevision
    const kv = this.#space.keyValue(raw)
    this.#events.push({
      type: event.type === Event_EventType.DELETE ? 'delete' : 'put',
      key: kv.key,
      kv,
      previous: event.prevKv === undefined ? undefined : this.#space.keyValue(event.prevKv),
    })
    return whole
  }

  /** No more events of the last revision will come: returns its batch, if there is one. */
  end(): WatchBatch | undefined {
    if (this.isEmpty) return undefined
    const batch = { revision: this.#revision, events: this.#events }
    this.#events = []
    return batch
  }
}
