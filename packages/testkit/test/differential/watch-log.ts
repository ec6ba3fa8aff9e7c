import { Watch, WatchCancelRequest, type WatchCreateRequest, WatchRequest, type WatchResponse } from '@waypost/protocol'
import type { RpcConnection, RpcStream } from '@waypost/rpc'
import { plain } from './outcome.ts'

const patienceMs = 10_000

export interface LoggedEvent {
  readonly mod: bigint
  readonly key: string
  readonly deleted: boolean
  /** The whole event, for comparison. */
  readonly whole: unknown
}

/** One Watch stream of one store, with everything that it was told, watcher by watcher. */
export class WatchLog {
  /** What is not events, in order. */
  readonly controls: unknown[] = []
  readonly #stream: RpcStream<WatchRequest>
  /** By watcher; an id that is used again is another watcher. */
  readonly #events = new Map<string, LoggedEvent[]>()
  readonly #generations = new Map<bigint, number>()
  readonly #listeners = new Set<() => void>()
  #failure: Error | undefined

  constructor(connection: RpcConnection) {
    this.#stream = connection.stream(Watch.watch, {
      onMessage: (message) => this.#take(message),
      onEnd: (error) => {
        this.#failure ??= error ?? new Error('The stream ended with status OK.')
        this.#notify()
      },
    })
  }

  /** Asks for a watcher and resolves to its answer and the name of its events. */
  async create(createRequest: WatchCreateRequest): Promise<{ answer: WatchResponse; watcher: string }> {
    let answer: WatchResponse | undefined
    this.#onCreated = (message) => {
      answer = message
    }
    this.#stream.send(WatchRequest.create({ createRequest }))
    await this.until(() => answer !== undefined, 'an answer to a creation')
    this.#onCreated = undefined
    if (!answer) throw new Error('unreachable')
    return { answer, watcher: this.#watcher(answer.watchId) }
  }

  cancel(watchId: bigint): void {
    this.#stream.send(WatchRequest.create({ cancelRequest: WatchCancelRequest.create({ watchId }) }))
  }

  events(watcher: string): readonly LoggedEvent[] {
    return this.#events.get(watcher) ?? []
  }

  /** Resolves when the predicate holds, which is asked again after each message. */
  until(predicate: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
      }
      const look = (): void => {
        if (predicate()) {
          done()
          resolve()
        } else if (this.#failure) {
          done()
          reject(this.#failure)
        }
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`There was not ${what} within ${patienceMs} ms.`))
      }, patienceMs)
      this.#listeners.add(look)
      look()
    })
  }

  close(): void {
    this.#stream.cancel()
  }

  #onCreated: ((message: WatchResponse) => void) | undefined

  #take(message: WatchResponse): void {
    const { watchId, created, canceled, cancelReason, compactRevision } = message
    if (created) this.#generations.set(watchId, (this.#generations.get(watchId) ?? 0) + 1)
    if (created || canceled) {
      const revision = message.header?.revision
      this.controls.push({
        watchId,
        created,
        canceled,
        cancelReason,
        compactRevision,
        ...(created ? { revision } : {}),
      })
    }
    if (created) this.#onCreated?.(message)
    this.#log(message)
    this.#notify()
  }

  #log(message: WatchResponse): void {
    if (message.events.length === 0) return
    const watcher = this.#watcher(message.watchId)
    const log = this.#events.get(watcher) ?? []
    this.#events.set(watcher, log)
    const first = message.events[0]?.kv?.modRevision
    if (log.at(-1)?.mod === first) this.#failure = new Error(`The events of revision ${first} came in two messages.`)
    for (const event of message.events) {
      log.push({
        mod: event.kv?.modRevision ?? 0n,
        key: Buffer.from(event.kv?.key ?? []).toString('latin1'),
        deleted: event.type === 1,
        whole: plain(event),
      })
    }
  }

  #watcher(watchId: bigint): string {
    return `${watchId} (${this.#generations.get(watchId) ?? 0})`
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
