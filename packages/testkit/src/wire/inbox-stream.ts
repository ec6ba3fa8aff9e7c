import { deferred } from '@waypost/core'
import type { Metadata, Method, RpcConnection, RpcError, RpcStream } from '@waypost/rpc'
import { patienceMs } from '../patience.ts'

/** A running stream whose messages are taken one at a time. */
export class InboxStream<Req, Res> {
  /** How it ended; undefined is status OK. */
  readonly ended: Promise<RpcError | undefined>
  readonly #stream: RpcStream<Req>
  readonly #inbox: Res[] = []
  readonly #waiting: ((message: Res | undefined) => void)[] = []
  #isEnded = false

  constructor(connection: RpcConnection, method: Method<Req, Res>, metadata: Metadata) {
    const end = deferred<RpcError | undefined>()
    this.ended = end.promise
    this.#stream = connection.stream(
      method,
      {
        onMessage: (message) => {
          const taker = this.#waiting.shift()
          if (taker) taker(message)
          else this.#inbox.push(message)
        },
        onEnd: (error) => {
          this.#isEnded = true
          end.resolve(error)
          for (const taker of this.#waiting.splice(0)) taker(undefined)
        },
      },
      { metadata },
    )
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Messages that have come and were not taken. */
  get unread(): readonly Res[] {
    return this.#inbox
  }

  send(message: Req): void {
    this.#stream.send(message)
  }

  /** The client's half-close. */
  closeSend(): void {
    this.#stream.closeSend()
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** The next message; rejects when the stream ends or patience is at its end. */
  async next(): Promise<Res> {
    const message = this.#inbox.shift() ?? (await this.#wait())
    if (message !== undefined) return message
    const error = await this.ended
    throw error ?? new Error('The stream ended with status OK.')
  }

  /** Ends the stream and waits until it has. */
  async close(): Promise<void> {
    if (!this.#isEnded) this.#stream.cancel()
    await this.ended
  }

  #wait(): Promise<Res | undefined> {
    if (this.#isEnded) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      const taker = (message: Res | undefined): void => {
        clearTimeout(timer)
        resolve(message)
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(taker), 1)
        reject(new Error(`No message came on the stream for ${patienceMs} ms.`))
      }, patienceMs)
      this.#waiting.push(taker)
    })
  }
}
