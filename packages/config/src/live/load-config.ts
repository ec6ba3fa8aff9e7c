import type { EtcdClient } from '@waypost/client'
import { abortable, type CallOptions, type Clock, WaypostError, withTimeLimit } from '@waypost/core'
import {
  anything,
  boolean,
  callOptionKinds,
  notNegative,
  type OptionKinds,
  optionsKind,
  required,
  text,
  withMethods,
} from '@waypost/core/options'
import type { Confirmations } from '../applied/confirmations.ts'
import { processName } from '../applied/process-name.ts'
import { ProcessReport } from '../applied/process-report.ts'
import type { ConfigObject } from '../config-value.ts'
import { type Identity, identityOptionKinds, type ResolvedIdentity } from '../identity.ts'
import type { EnvironmentOverrides } from '../layers/environment-layer.ts'
import {
  checkLayerOptions,
  type DocumentLookUp,
  type LayerOptions,
  layerOptionKinds,
  type Walked,
} from '../layers/walk.ts'
import { type ConfigProblem, problemsError } from '../problem.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { jsonSchemaOf } from '../validation/json-schema.ts'
import type { StandardSchema } from '../validation/standard-schema.ts'
import { DocumentSource } from './document-source.ts'
import { type Evaluated, Evaluator, type InForce } from './evaluate.ts'
import { type Beginning, LiveConfig } from './live-config.ts'
import { type ConfigSnapshot, SnapshotFile } from './snapshot-file.ts'

/** `signal` and `timeoutMs` (default 5,000) bound the loading. What it gives lives until it is closed. */
export interface LoadOptions extends LayerOptions, Identity, CallOptions {
  /** The program's version, by which publishers name it: `order@1.4`. Default: `WAYPOST_VERSION`. */
  readonly version?: string | undefined
  /** Lets variables of the environment lie over everything: with the prefix `ORDER_`, `ORDER_DB__HOST` sets `db.host`. */
  readonly overrides?: EnvironmentOverrides | undefined
  /** Where the keys of encrypted values come from. Default: the configuration's. */
  readonly keyring?: Keyring | undefined
  /**
   * A directory of this program's own, in which the last good configuration is kept: when the store is away at the
   * start, or holds what cannot be used, the program starts with that. Default: none is kept.
   */
  readonly snapshotDir?: string | undefined
  /**
   * How long the store may take to answer before the snapshot is used, in milliseconds. Default 1,000; never longer
   * than `timeoutMs`. When there is no snapshot, the store is waited for until `timeoutMs`.
   */
  readonly snapshotAfterMs?: number | undefined
  /**
   * Tells publishers which process has applied or rejected which document, by small records that are attached to a lease.
   * Default true.
   */
  readonly confirm?: boolean | undefined
  /** What a document must fit, for publishers to check. Default: derived from the schema where its library can. */
  readonly jsonSchema?: ConfigObject | undefined
}

const overrideKinds: OptionKinds<EnvironmentOverrides> = { prefix: required(text), env: anything() }

export const loadOptionKinds: OptionKinds<LoadOptions> = {
  ...layerOptionKinds,
  ...identityOptionKinds,
  ...callOptionKinds,
  version: text,
  overrides: optionsKind(overrideKinds),
  keyring: withMethods('a keyring', ['key']),
  snapshotDir: text,
  snapshotAfterMs: notNegative,
  confirm: boolean,
  jsonSchema: anything(),
}

/** @internal */
export interface LoadParts<T> {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly schema: StandardSchema<unknown, T>
  readonly identity: ResolvedIdentity
  readonly keyring: Keyring | undefined
  readonly confirmations: Confirmations | undefined
  readonly onNotice: (message: string) => void
  readonly onClose: () => void
}

const defaultTimeoutMs = 5_000
const defaultSnapshotAfterMs = 1_000

/** What became of the first attempt. */
interface Attempt<T> {
  readonly walked: Walked
  readonly evaluated: Evaluated<T>
  readonly revision: bigint
}

/** @internal Loads a configuration from the store, or from the snapshot when the store is of no use. */
export async function loadConfig<T>(options: LoadOptions, parts: LoadParts<T>): Promise<LiveConfig<T>> {
  checkLayerOptions(options)
  return new Loading(options, parts).run()
}

class Loading<T> {
  readonly #options: LoadOptions
  readonly #parts: LoadParts<T>
  readonly #evaluator: Evaluator<T>
  readonly #source: DocumentSource
  readonly #snapshot: SnapshotFile | undefined
  #live: LiveConfig<T> | undefined
  #changed = false
  /** Ends what a loading that failed has begun. */
  readonly #ending = new AbortController()

  constructor(options: LoadOptions, parts: LoadParts<T>) {
    const { etcd, clock, schema, identity, keyring, onNotice } = parts
    const { snapshotDir, overrides } = options
    this.#options = options
    this.#parts = parts
    this.#evaluator = new Evaluator({
      options,
      identity,
      schema,
      keyring,
      overrides,
      env: process.env,
      clock,
      onNotice,
    })
    this.#source = new DocumentSource(etcd, {
      clock,
      onNotice,
      onChange: () => {
        this.#changed = true
        this.#live?.refresh()
      },
    })
    this.#snapshot =
      snapshotDir === undefined ? undefined : new SnapshotFile(snapshotDir, etcd.namespace, options, identity)
  }

  async run(): Promise<LiveConfig<T>> {
    try {
      return await this.#run()
    } catch (error) {
      this.#ending.abort()
      await this.#source.close()
      throw error
    }
  }

  async #run(): Promise<LiveConfig<T>> {
    const { signal, timeoutMs = defaultTimeoutMs, snapshotAfterMs = defaultSnapshotAfterMs } = this.#options
    const { clock } = this.#parts
    const startedMs = clock.monotonicMs()
    const snapshot = await this.#readSnapshot()
    const read = this.#read()
    read.catch(() => {})
    const patienceMs = snapshot ? Math.min(snapshotAfterMs, timeoutMs) : timeoutMs
    const remainingMs = Math.max(0, startedMs + patienceMs - clock.monotonicMs())
    let attempt: Attempt<T> | undefined
    let problems: readonly ConfigProblem[] = []
    try {
      attempt = await this.#withLimit(read, remainingMs, patienceMs)
      if (attempt.evaluated.inForce) return this.#begin({ inForce: attempt.evaluated.inForce, problems: [] }, attempt)
      problems = attempt.evaluated.problems
      const released = await abortable(this.#withoutCanaries(attempt), signal)
      if (released) return this.#begin({ inForce: released, problems }, attempt)
    } catch (error) {
      if (snapshot === undefined || WaypostError.is(error, 'aborted') || WaypostError.is(error, 'closed')) throw error
    }
    const inForce = snapshot && (await abortable(this.#fromSnapshot(snapshot), signal))
    if (inForce) return this.#begin({ inForce, snapshotAt: snapshot.writtenAt, problems }, attempt)
    if (problems.length > 0) throw problemsError(problems)
    return this.#begin(await this.#lastTry(read, startedMs + timeoutMs), undefined)
  }

  /** The snapshot was of no use, and there is time left for the store. */
  async #lastTry(read: Promise<Attempt<T>>, deadlineMs: number): Promise<Beginning<T>> {
    const leftMs = Math.max(0, deadlineMs - this.#parts.clock.monotonicMs())
    const { evaluated } = await this.#withLimit(read, leftMs, this.#options.timeoutMs ?? defaultTimeoutMs)
    if (evaluated.inForce) return { inForce: evaluated.inForce, problems: [] }
    throw problemsError(evaluated.problems)
  }

  /** Fails after `leftMs` of the `totalMs` that the store had. */
  #withLimit<R>(work: Promise<R>, leftMs: number, totalMs: number): Promise<R> {
    const error = (): WaypostError => this.#lateError(totalMs)
    const { signal } = this.#options
    return withTimeLimit(work, {
      what: 'Reading',
      timeoutMs: leftMs,
      clock: this.#parts.clock,
      signal,
      error,
      ref: false,
    })
  }

  /** Follows what is imported until nothing more is, and evaluates it. */
  async #read(): Promise<Attempt<T>> {
    const walk = (lookUp: DocumentLookUp): Walked => {
      this.#changed = false
      return this.#evaluator.walk(lookUp)
    }
    for (;;) {
      const { walked, revision, isComplete } = await this.#source.collect(walk, this.#options.signal)
      if (await this.#evaluator.parseLarge(this.#ending.signal)) continue
      if (isComplete) {
        return { walked, revision, evaluated: await this.#evaluator.evaluate(walked, revision, undefined) }
      }
      await this.#source.ready()
    }
  }

  /** A canary that cannot be used must not keep an instance from starting: what is released is used instead. */
  async #withoutCanaries({ walked, revision }: Attempt<T>): Promise<InForce<T> | undefined> {
    if (walked.texts.every(({ canary }) => canary === undefined)) return undefined
    const source = this.#source
    const lookUp = {
      document: (path: string) => source.document(path),
      release: (path: string, checksum: string) => source.release(path, checksum),
    }
    const released = await this.#walkParsed(lookUp)
    if (!source.follow(released.slots)) return undefined
    return (await this.#evaluator.evaluate(released, revision, undefined)).inForce
  }

  async #walkParsed(lookUp: DocumentLookUp): Promise<Walked> {
    for (;;) {
      const walked = this.#evaluator.walk(lookUp)
      if (!(await this.#evaluator.parseLarge(this.#ending.signal))) return walked
    }
  }

  async #readSnapshot(): Promise<ConfigSnapshot | undefined> {
    const snapshot = await this.#snapshot?.read()
    if (typeof snapshot !== 'string') return snapshot
    this.#parts.onNotice(snapshot)
    return undefined
  }

  async #fromSnapshot({ lookUp, revision }: ConfigSnapshot): Promise<InForce<T> | undefined> {
    const { inForce, problems } = await this.#evaluator.evaluate(await this.#walkParsed(lookUp), revision, undefined)
    if (problems)
      this.#parts.onNotice(`The snapshot ${this.#snapshot?.path} is not used: ${problemsError(problems).message}`)
    return inForce
  }

  #begin(beginning: Beginning<T>, attempt: Attempt<T> | undefined): LiveConfig<T> {
    const { clock, onNotice, onClose } = this.#parts
    const source = this.#source
    const snapshot = this.#snapshot
    const live = new LiveConfig(
      { source, evaluator: this.#evaluator, snapshot, report: this.#report(), clock, onNotice, onClose },
      beginning,
    )
    this.#live = live
    if (attempt && beginning.problems.length > 0) {
      live.confirmRejected(attempt.walked, beginning.problems, attempt.revision)
    } else if (attempt) {
      source.keepOnly(attempt.walked.slots)
      live.confirm(attempt.walked)
    }
    if (this.#changed || !attempt) live.refresh()
    return live
  }

  #report(): ProcessReport | undefined {
    const { etcd, confirmations, schema, clock, identity } = this.#parts
    if (confirmations === undefined) return undefined
    const { app, profile, imports, extends: bases, importsOnly, version, jsonSchema } = this.#options
    return new ProcessReport(processName(etcd, identity.instance), confirmations, clock, {
      ...identity,
      app,
      profile,
      imports,
      extends: bases,
      importsOnly,
      version: version ?? (process.env.WAYPOST_VERSION || undefined),
      schema: jsonSchema ?? jsonSchemaOf(schema),
    })
  }

  #lateError(ms: number): WaypostError {
    const { lastError } = this.#source
    const why = lastError === undefined ? '' : `: ${lastError.message}`
    return new WaypostError('unavailable', `The configuration could not be read within ${ms} ms${why}`, {
      cause: lastError,
      endpoint: lastError?.endpoint,
    })
  }
}
