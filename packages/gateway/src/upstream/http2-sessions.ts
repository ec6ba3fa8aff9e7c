import { type ClientHttp2Session, connect, type SecureClientSessionOptions } from 'node:http2'
import { connectTimeoutCode } from './failure.ts'

export interface Http2SessionOptions {
  readonly connectTimeoutMs: number
  readonly tls: SecureClientSessionOptions
}

/** Used until the instance says how many streams it takes at a time. */
const defaultMaxStreams = 100

interface Session {
  readonly session: ClientHttp2Session
  streams: number
}

/** The HTTP/2 sessions to one instance: as many as its limit of streams asks for. */
export class Http2Sessions {
  readonly #origin: string
  readonly #options: Http2SessionOptions
  readonly #sessions = new Set<Session>()
  #isClosed = false

  constructor(origin: string, options: Http2SessionOptions) {
    this.#origin = origin
    this.#options = options
  }

  /**
   * A session that takes one more stream. `release` must be called when that stream is over.
   *
   * @param connectMs how long a new connection may take, if that is less than what holds for all
   */
  acquire(connectMs?: number): { readonly session: ClientHttp2Session; readonly release: () => void } {
    let entry: Session | undefined
    for (const known of this.#sessions) {
      if (known.session.closed || known.session.destroyed) continue
      const limit = known.session.connecting
        ? defaultMaxStreams
        : (known.session.remoteSettings.maxConcurrentStreams ?? defaultMaxStreams)
      if (known.streams < limit) {
        entry = known
        break
      }
    }
    entry ??= this.#open(Math.min(connectMs ?? Number.POSITIVE_INFINITY, this.#options.connectTimeoutMs))
    const taken = entry
    taken.streams += 1
    let isReleased = false
    return {
      session: taken.session,
      release: () => {
        if (isReleased) return
        isReleased = true
        taken.streams -= 1
      },
    }
  }

  /** Streams in flight go on to their end; then the connections are closed. */
  close(): void {
    this.#isClosed = true
    for (const { session } of this.#sessions) session.close()
  }

  destroy(): void {
    this.#isClosed = true
    for (const { session } of this.#sessions) session.destroy()
  }

  #open(connectMs: number): Session {
    const session = connect(this.#origin, { ...this.#options.tls, settings: { enablePush: false } })
    const entry: Session = { session, streams: 0 }
    this.#sessions.add(entry)
    const forget = (): void => {
      this.#sessions.delete(entry)
    }
    const timer = setTimeout(() => session.destroy(connectTimeoutError()), connectMs)
    session.once('connect', (_session, socket) => {
      clearTimeout(timer)
      socket.setNoDelay(true)
    })
    session.once('close', () => {
      clearTimeout(timer)
      forget()
    })
    // No new streams, but those under way go on: GOAWAY is no failure.
    session.once('goaway', () => {
      forget()
      if (!session.destroyed) session.close()
    })
    session.on('error', forget)
    session.setTimeout(5 * 60_000, () => {
      if (entry.streams === 0) session.close()
    })
    if (this.#isClosed) session.close()
    return entry
  }
}

function connectTimeoutError(): Error {
  return Object.assign(new Error('The connection to the instance did not come about in time.'), {
    code: connectTimeoutCode,
  })
}
