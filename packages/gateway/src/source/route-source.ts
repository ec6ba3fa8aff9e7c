import type { ConfigProblem, LiveConfig } from '@waypost/config'
import type { ConfigCenter } from '@waypost/config/admin'
import { anySignal, Backoff, type Clock, delay, Listeners, messageOf, systemClock, WaypostError } from '@waypost/core'
import {
  abortSignal,
  checkOptions,
  functionKind,
  type OptionKinds,
  positiveNumber,
  required,
  text,
  withMethods,
} from '@waypost/core/options'
import { defaultRoutesPath, routesTarget } from '../document/check-routes.ts'
import { routesCheck } from '../document/routes-check.ts'
import { routesCheckName } from '../document/routes-check-name.ts'
import type { RoutesDocument } from '../document/routes-document.ts'
import { routesStandardSchema } from '../document/routes-standard-schema.ts'
import { routesSchema } from '../document/schema/routes-schema.ts'
import { publishRoutesSchema } from './publish-schema.ts'

export interface RouteSourceOptions {
  readonly config: ConfigCenter
  /** Default `gateway/routes.yaml`. */
  readonly path?: string | undefined
  /** Where the last good routes are kept for a start while the store is away. Default: they are not. */
  readonly snapshotDir?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** How long the store may take for the first answer, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined
  readonly onNotice: (message: string) => void
  readonly clock?: Clock | undefined
}

const routeSourceOptionKinds: OptionKinds<RouteSourceOptions> = {
  config: required(withMethods('a configuration centre', ['load', 'watch'])),
  path: text,
  snapshotDir: text,
  signal: abortSignal,
  timeoutMs: positiveNumber('milliseconds'),
  onNotice: required(functionKind<(message: string) => void>()),
  clock: withMethods('a clock', ['monotonicMs', 'epochMs', 'after']),
}

/** What is known of the routes, for the admin view and metrics. */
export interface RouteSourceState {
  readonly path: string
  readonly revision: string
  readonly release: number | undefined
  readonly staleSince: string | undefined
  readonly isFromSnapshot: boolean
  /** Why what is in the store is not in force; empty when it is. */
  readonly problems: readonly string[]
  /** How many documents were refused since the start. */
  readonly refused: number
}

const noRoutes: RoutesDocument = Object.freeze({})

/**
 * The document with the routes, live. `document` is always good: a document that is not is refused at publish, and one
 * that was written past that leaves the last good one in force, and is told to `onProblem`.
 */
export class RouteSource {
  readonly #options: RouteSourceOptions
  readonly #path: string
  readonly #clock: Clock
  readonly #closing = new AbortController()
  readonly #changes = new Listeners<[document: RoutesDocument]>()
  readonly #problems = new Listeners<[problems: readonly ConfigProblem[]]>()
  readonly #tasks: Promise<void>[] = []
  #live: LiveConfig<RoutesDocument> | undefined
  #refused = 0

  private constructor(options: RouteSourceOptions) {
    this.#options = options
    this.#path = options.path ?? defaultRoutesPath
    this.#clock = options.clock ?? systemClock
  }

  /**
   * Loads the routes. When there is no such document yet, there are no routes until it comes. Fails with
   * `invalid-document` when it is wrong and no good one was kept, and as the client does when the store is away.
   */
  static async open(options: RouteSourceOptions): Promise<RouteSource> {
    checkOptions('RouteSource.open', options, routeSourceOptionKinds)
    const source = new RouteSource(options)
    options.config.schemas.addCheck(routesCheckName, routesCheck)
    try {
      await source.#load()
    } catch (error) {
      if (!WaypostError.is(error, 'not-found')) throw error
      options.onNotice(`There is no document ${source.#path} yet; the gateway has no routes until it is published.`)
      source.#start(source.#waitForDocument())
    }
    source.#start(source.#publishSchema())
    return source
  }

  /** What is in force, decrypted; without routes when there is no document. */
  get document(): RoutesDocument {
    return this.#live?.current ?? noRoutes
  }

  /** Why what is in the store is not in force; empty when it is. */
  get problems(): readonly ConfigProblem[] {
    return this.#live?.problems ?? []
  }

  get state(): RouteSourceState {
    const live = this.#live
    return {
      path: this.#path,
      revision: String(live?.revision ?? 0n),
      release: live?.documents.find(({ path }) => path === this.#path)?.release,
      staleSince: live?.staleSince?.toISOString(),
      isFromSnapshot: live?.isFromSnapshot ?? false,
      problems: this.problems.map(({ message }) => message),
      refused: this.#refused,
    }
  }

  /** Calls `listener` with every document that comes into force. Returns the function that takes it off. */
  onChange(listener: (document: RoutesDocument) => void): () => void {
    return this.#changes.add(listener)
  }

  /** Calls `listener` whenever a document is refused. */
  onProblem(listener: (problems: readonly ConfigProblem[]) => void): () => void {
    return this.#problems.add(listener)
  }

  /** Stops following. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#changes.clear()
    this.#problems.clear()
    await this.#live?.close()
    await Promise.all(this.#tasks)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #load(): Promise<void> {
    const { config, snapshotDir, timeoutMs, signal } = this.#options
    const live = await config.load({
      ...routesTarget(this.#path),
      schema: routesStandardSchema,
      jsonSchema: routesSchema,
      snapshotDir,
      timeoutMs,
      signal: signal ? anySignal([signal, this.#closing.signal]) : this.#closing.signal,
    })
    if (this.#closing.signal.aborted) {
      await live.close()
      return
    }
    this.#live = live
    if (live.problems.length > 0) this.#refused += 1
    live.onProblem((problems) => {
      this.#refused += 1
      this.#options.onNotice(`New routes were refused; the last good ones stay in force: ${problems[0]?.message ?? ''}`)
      this.#problems.tell(problems)
    })
    this.#start(this.#follow(live))
  }

  async #follow(live: LiveConfig<RoutesDocument>): Promise<void> {
    for await (const { current } of live.changes()) this.#changes.tell(current)
  }

  async #waitForDocument(): Promise<void> {
    const { signal } = this.#closing
    for await (const { value } of this.#options.config.watch(this.#path, { initial: true, signal })) {
      if (value === undefined) continue
      try {
        await this.#load()
        this.#changes.tell(this.document)
        return
      } catch (error) {
        if (signal.aborted) return
        this.#options.onNotice(`The routes cannot be used: ${messageOf(error)}`)
      }
    }
  }

  /** Tries until it works, or is not allowed. */
  async #publishSchema(): Promise<void> {
    const { config, onNotice } = this.#options
    const { signal } = this.#closing
    const backoff = new Backoff({ initialMs: 1_000, maxMs: 60_000 })
    while (!signal.aborted) {
      try {
        await publishRoutesSchema(config.schemas, this.#path, { signal })
        return
      } catch (error) {
        if (signal.aborted) return
        if (WaypostError.is(error) && !error.retryable) {
          onNotice(`The schema of ${this.#path} could not be published: ${messageOf(error)}`)
          return
        }
        await delay(backoff.nextMs(), { clock: this.#clock, signal, ref: false }).catch(() => {})
      }
    }
  }

  /** Work that ends with `close`. */
  #start(task: Promise<void>): void {
    this.#tasks.push(
      task.catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#options.onNotice(messageOf(error))
      }),
    )
  }
}
