import { readdirSync } from 'node:fs'
import { WaypostError } from '@waypost/core'
import { Histogram } from '@waypost/core/metrics'
import { AlarmType } from '@waypost/protocol'
import type { RpcHandler } from '@waypost/rpc/server'
import { Engine } from './apply/engine.ts'
import { Access } from './auth/access.ts'
import type { AuthCommand } from './auth/auth-command.ts'
import { Authenticator } from './auth/authenticator.ts'
import { createRoot } from './auth/create-root.ts'
import { Passwords } from './auth/passwords.ts'
import { ProcessLogin } from './auth/process-login.ts'
import { tokenProvider } from './auth/token-options.ts'
import type { TokenProvider } from './auth/token-provider.ts'
import { RequestLog } from './log/request-log.ts'
import type { ServerLog } from './log/server-log.ts'
import type { LogFields } from './log/server-logger.ts'
import { VitalSigns } from './log/vital-signs.ts'
import { processMetrics } from './metrics/process-metrics.ts'
import { RpcMetrics } from './metrics/rpc-metrics.ts'
import { storeMetrics } from './metrics/store-metrics.ts'
import { Queues } from './queues/queues.ts'
import { authHandlers } from './rpc/auth-service.ts'
import { versioned } from './rpc/client-version.ts'
import { clusterHandlers, type MemberDescription } from './rpc/cluster-service.ts'
import { electionHandlers } from './rpc/election-service.ts'
import { Headers } from './rpc/header.ts'
import { HealthService } from './rpc/health-service.ts'
import { kvHandlers } from './rpc/kv-service.ts'
import { leaseHandlers } from './rpc/lease-service.ts'
import { lockHandlers } from './rpc/lock-service.ts'
import { maintenanceHandlers } from './rpc/maintenance-service.ts'
import { rangeStreamHandlers } from './rpc/range-stream-service.ts'
import { type RequestLimits, requestLimits } from './rpc/request-limits.ts'
import { snapshotHandlers } from './rpc/snapshot-service.ts'
import { watchHandlers } from './rpc/watch-service.ts'
import type { EmbeddedServerOptions } from './server-options.ts'
import { directoryBackend, memoryBackend } from './storage/open-backend.ts'
import { WatchHub } from './watch/watch-hub.ts'

/** The buckets of etcd. */
const logSyncBoundsMs = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192]

/** As etcd's `--warning-unary-request-duration`. */
const defaultSlowRequestMs = 300

/** What runs behind the port. */
export class ServerParts {
  readonly engine: Engine
  readonly limits: RequestLimits
  readonly processLogin = new ProcessLogin()
  readonly #hub: WatchHub
  readonly #headers: Headers
  readonly #passwords: Passwords
  readonly #access: Access
  readonly #authenticator: Authenticator
  readonly #queues: Queues
  readonly #health: HealthService
  readonly #calls: RpcMetrics
  readonly #vitals: VitalSigns
  #openedInMs = 0
  readonly #logSyncs: Histogram
  readonly #dataDir: string | undefined
  readonly #onWarning: (message: string, error?: unknown) => void

  private constructor(
    engine: Engine,
    tokens: TokenProvider,
    logSyncs: Histogram,
    options: EmbeddedServerOptions,
    log: ServerLog,
    onWarning: (message: string, error?: unknown) => void,
  ) {
    const { clock } = options
    this.engine = engine
    this.limits = requestLimits(options)
    const headers = new Headers(engine)
    this.#headers = headers
    this.#hub = new WatchHub({
      source: engine,
      header: (revision) => headers.field(revision),
      clock,
      progressIntervalMs: options.progressIntervalMs,
      slices: engine.slices,
    })
    engine.auth.onLoginsVoid((user) => tokens.revoke(user))
    this.#passwords = new Passwords({ cost: options.bcryptCost, clock })
    this.#access = new Access(
      engine.auth,
      (token) => tokens.identityOf(token),
      (id) => engine.leases.keysOf(id),
    )
    const requests = new RequestLog({
      log,
      slowMs: options.slowRequestMs ?? defaultSlowRequestMs,
      userOf: (call) => this.#access.userOf(call),
    })
    this.#calls = new RpcMetrics(
      log.isOn ? (call, request, code, durationMs) => requests.ended(call, request, code, durationMs) : undefined,
    )
    this.#vitals = new VitalSigns({ log, source: engine, dataDir: options.dataDir, clock })
    this.#authenticator = new Authenticator({
      store: engine.auth,
      tokens,
      passwords: this.#passwords,
      processLogin: this.processLogin,
      logIndex: () => engine.raftIndex,
    })
    this.#queues = new Queues(engine, this.#access)
    this.#health = new HealthService(() => engine.takesWrites, clock)
    this.#logSyncs = logSyncs
    this.#dataDir = options.dataDir
    this.#onWarning = onWarning
  }

  static async open(options: EmbeddedServerOptions, log: ServerLog): Promise<ServerParts> {
    const { clock, dataDir, memory = false, quotaBytes, autoCompaction, rootPassword } = options
    const onWarning = (message: string, error?: unknown): void => {
      options.onWarning?.(message, error)
      log.write(error === undefined ? 'store-warning' : 'internal-error', { detail: message, error: stackOf(error) })
    }
    const startedMs = performance.now()
    if (memory === (dataDir !== undefined))
      throw new WaypostError('invalid-argument', 'Exactly one of dataDir and memory is to be given.')
    if (options.requireLogin && rootPassword === undefined && (memory || isUntouched(dataDir)))
      throw loginNotRequiredError()
    requestLimits(options)
    const tokens = await tokenProvider(options.authToken, clock, onWarning)
    const logSyncs = new Histogram(logSyncBoundsMs)
    const onLogSync = (durationMs: number): void => logSyncs.observe(durationMs)
    const backend = dataDir === undefined ? memoryBackend : directoryBackend(dataDir)
    const engine = await Engine.open({ backend, clock, quotaBytes, autoCompaction, onWarning, onLogSync })
    const parts = new ServerParts(engine, tokens, logSyncs, options, log, onWarning)
    parts.#openedInMs = performance.now() - startedMs
    try {
      if (rootPassword !== undefined)
        await createRoot(engine.auth, parts.#passwords, rootPassword, (command) => parts.#propose(command))
      if (options.requireLogin && !engine.auth.enabled) throw loginNotRequiredError()
      parts.#vitals.start()
      return parts
    } catch (error) {
      await parts.close()
      throw error
    }
  }

  /** @param member asked at each call, because the port is known only once the server listens */
  handlers(member: () => MemberDescription): RpcHandler[] {
    const { engine } = this
    const access = this.#access
    const headers = this.#headers
    const handlers = [
      ...kvHandlers(engine, access, headers, this.limits),
      ...watchHandlers(this.#hub, access, (error) => this.#onWarning('A bug ended a watch stream.', error)),
      ...leaseHandlers(engine, access, headers),
      ...clusterHandlers(member, access, headers),
      ...maintenanceHandlers(engine, access, headers),
      ...rangeStreamHandlers(engine, access, (error) => this.#onWarning('A range failed.', error)),
      ...snapshotHandlers(engine, access, this.#dataDir, (error) => this.#onWarning('A snapshot failed.', error)),
      ...authHandlers({
        store: engine.auth,
        access,
        authenticator: this.#authenticator,
        passwords: this.#passwords,
        headers,
        propose: (command) => this.#propose(command),
      }),
      ...lockHandlers(this.#queues, headers),
      ...electionHandlers(this.#queues, headers),
      ...this.#health.handlers(),
    ]
    return handlers.map((handler) => this.#calls.counted(handler.kind === 'unary' ? versioned(handler) : handler))
  }

  /** The metrics in Prometheus' text format. */
  metrics(): string {
    const store = { engine: this.engine, hub: this.#hub, logSyncs: this.#logSyncs, quotaBytes: this.engine.quota.bytes }
    return this.#calls.text() + storeMetrics(store) + processMetrics()
  }

  /** What opening the store took, for the log. */
  get recovery(): LogFields {
    const { revision, replayedCommands, leases } = this.engine
    return { durationMs: Math.round(this.#openedInMs), revision, replayed: replayedCommands, leases: leases.count }
  }

  /** @param pem the server's certificate; undefined without TLS */
  watchCertificate(pem: string | Uint8Array | undefined): void {
    this.#vitals.watchCertificate(pem)
  }

  /** Lets those who wait, or watch the server's health, know that it stops. */
  stopWaits(): void {
    this.#health.close()
    this.#queues.close()
  }

  /** Why the store does not do all that it should; undefined when it does. */
  get unhealthyReason(): string | undefined {
    if (!this.engine.takesWrites) return 'the log cannot be written'
    const alarm = this.engine.alarms.find((raised) => raised.alarm !== AlarmType.NONE)?.alarm
    return alarm === undefined ? undefined : `ALARM ${alarm === AlarmType.NOSPACE ? 'NOSPACE' : 'CORRUPT'}`
  }

  async close(): Promise<void> {
    this.stopWaits()
    this.#vitals.stop()
    this.#hub.close()
    await this.#passwords.close()
    await this.engine.close()
  }

  async #propose(command: AuthCommand): Promise<void> {
    await this.engine.propose('auth', command)
  }
}

/** Its `details.reason` tells it from other preconditions of a start. */
function loginNotRequiredError(): WaypostError {
  return new WaypostError('failed-precondition', 'Authentication is off in this store: nobody needs to log in.', {
    details: { reason: 'login-not-required' },
  })
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? (error.stack ?? error.message) : error === undefined ? undefined : String(error)
}

/** Whether a store in the directory would be a new one, which has no users yet. */
function isUntouched(directory: string | undefined): boolean {
  try {
    return directory === undefined || readdirSync(directory).length === 0
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
  }
}
