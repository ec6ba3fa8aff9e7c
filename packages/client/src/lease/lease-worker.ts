import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { Backoff, type Clock, messageOf, type Timer, WaypostError } from '@waypost/core'
import type { EtcdLogger } from '../telemetry/logger.ts'
import { KeptLease, leaseNotFound } from './lease-keeper.ts'
import { type FromWorker, sharedClock, TimeCell, type ToWorker, type WorkerData } from './worker-messages.ts'

export interface LeaseWorkerOptions {
  /** Asked whenever a worker starts. */
  settings(): WorkerData['settings']
  /** The program of the worker; undefined: the one beside this file. */
  readonly file: string | URL | undefined
  /** No worker runs for now: this thread has to renew the lease. */
  takeOver(lease: KeptLease): void
  readonly clock: Clock
  readonly logger: EtcdLogger | undefined
}

/** From the sources, as in tests, the built worker is used. */
const isSource = import.meta.url.endsWith('.ts')

/** How often the main loop shows that it turns. */
const beatMs = 250

/** The times of a lease that the worker renews: read from memory that both threads share. */
class WorkerKeptLease extends KeptLease {
  readonly expiry = new TimeCell()
  readonly hungLimitMs: number
  readonly #clock: Clock

  constructor(
    id: bigint,
    ttlSeconds: number,
    sentAtMs: number,
    hungLimitMs: number,
    clock: Clock,
    onLost: KeptLease['onLost'],
  ) {
    // Until the worker takes it over.
    super(id, ttlSeconds, sentAtMs, true, onLost)
    this.hungLimitMs = hungLimitMs
    this.#clock = clock
    this.expiry.ms = this.expiresAtMs + this.#offsetMs()
  }

  override get lostAtMs(): number {
    this.expiresAtMs = this.expiry.ms - this.#offsetMs()
    return super.lostAtMs
  }

  override extend(ttlSeconds: number, sentAtMs: number): void {
    // While a worker renews it, the worker's answers decide.
    if (!this.renews) return
    super.extend(ttlSeconds, sentAtMs)
    // A worker that has just begun to run may have renewed it later than this thread did.
    this.expiry.ms = Math.max(this.expiry.ms, this.expiresAtMs + this.#offsetMs())
  }

  /** From the client's clock to the shared one. */
  #offsetMs(): number {
    return sharedClock.monotonicMs() - this.#clock.monotonicMs()
  }
}

/** The thread that keeps leases alive while this one is busy. It starts with the first lease; this one stands in. */
export class LeaseWorker {
  readonly #options: LeaseWorkerOptions
  readonly #leases = new Map<bigint, WorkerKeptLease>()
  readonly #heartbeat = new TimeCell()
  readonly #backoff = new Backoff({ initialMs: 100, maxMs: 2_000 })
  #worker: Worker | undefined
  /** The worker has said that it runs. Before that this thread renews. */
  #isReady = false
  #beat: ReturnType<typeof setInterval> | undefined
  #restart: Timer | undefined
  #closed = false

  constructor(options: LeaseWorkerOptions) {
    this.#options = options
  }

  /** Fails with `failed-precondition` when the worker's program is not where it should be. */
  check(): void {
    this.#program()
  }

  /** @param sentAtMs when the request that granted it was sent, on the client's clock */
  keep(id: bigint, ttlSeconds: number, sentAtMs: number, hungLimitMs: number, onLost: KeptLease['onLost']): KeptLease {
    const lease = new WorkerKeptLease(id, ttlSeconds, sentAtMs, hungLimitMs, this.#options.clock, onLost)
    this.#leases.set(id, lease)
    if (this.#worker === undefined) this.#start()
    else this.#handOver(lease)
    this.#worker?.ref()
    return lease
  }

  drop(id: bigint): void {
    if (!this.#leases.delete(id)) return
    this.#tell({ kind: 'drop', id })
    if (this.#leases.size === 0) this.#worker?.unref()
  }

  setEndpoints(endpoints: readonly string[]): void {
    this.#tell({ kind: 'endpoints', endpoints })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#leases.clear()
    clearInterval(this.#beat)
    this.#restart?.cancel()
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  #start(): void {
    if (this.#closed || this.#restart !== undefined) return
    this.#turned()
    this.#beat ??= setInterval(() => this.#turned(), beatMs).unref()
    let worker: Worker
    try {
      const data: WorkerData = { settings: this.#options.settings(), heartbeat: this.#heartbeat.buffer }
      // Not loaded by those who need no worker.
      const threads = process.getBuiltinModule('node:worker_threads')
      worker = new threads.Worker(this.#program(), {
        workerData: data,
        name: 'waypost-leases',
        // What it takes to run these sources is of no use to the built worker.
        ...(isSource ? { execArgv: [] } : {}),
      })
    } catch (error) {
      this.#onDeath(messageOf(error))
      return
    }
    this.#worker = worker
    worker.on('message', (message: FromWorker) => {
      if (this.#worker === worker) this.#onMessage(message)
    })
    let reason = 'it ended'
    worker.on('error', (error) => {
      reason = error.message
    })
    worker.on('exit', () => {
      if (this.#worker === worker) this.#onDeath(reason)
    })
    for (const lease of this.#leases.values()) this.#handOver(lease)
  }

  #onMessage(message: FromWorker): void {
    if (message.kind === 'lost') {
      this.#leases.get(message.id)?.onLost(leaseNotFound(message.id))
      return
    }
    this.#isReady = true
    this.#options.logger?.debug('a worker keeps leases alive')
    for (const lease of this.#leases.values()) lease.renews = false
  }

  /** This thread renews the leases until another worker does. */
  #onDeath(reason: string): void {
    const { clock, logger } = this.#options
    this.#worker = undefined
    this.#isReady = false
    logger?.warn(`the worker that keeps leases alive failed and is started again: ${reason}`)
    if (this.#leases.size === 0) return
    for (const lease of this.#leases.values()) {
      lease.renews = true
      lease.renewAtMs = clock.monotonicMs()
      this.#options.takeOver(lease)
    }
    this.#restart = clock.after(this.#backoff.nextMs(), () => {
      this.#restart = undefined
      if (this.#leases.size > 0) this.#start()
    })
  }

  #turned(): void {
    this.#heartbeat.ms = sharedClock.monotonicMs()
  }

  /**
   * A worker that does not run yet reads this first thing, whatever this thread is busy with by then. So this thread
   * renews, too, until it hears that the worker runs.
   */
  #handOver(lease: WorkerKeptLease): void {
    const { id, ttlMs, hungLimitMs, expiry } = lease
    lease.renews = !this.#isReady
    this.#tell({
      kind: 'keep',
      id,
      ttlSeconds: ttlMs / 1_000,
      sentAtMs: expiry.ms - ttlMs,
      hungLimitMs,
      expiry: expiry.buffer,
    })
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message)
  }

  #program(): URL {
    const { file } = this.#options
    const program = file === undefined ? programBeside(import.meta.url) : toUrl(file)
    if (existsSync(fileURLToPath(program))) return program
    throw new WaypostError(
      'failed-precondition',
      `The program of the worker that keeps leases alive is not at ${program.href}. When the application is bundled, ` +
        'bundle @waypost/client/lease-worker as a file of its own and name it in the option leaseWorkerFile.',
    )
  }
}

function programBeside(url: string): URL {
  const path = isSource ? '../../dist/lease/lease-worker-thread.js' : './lease-worker-thread.js'
  return new URL(path, url)
}

function toUrl(file: string | URL): URL {
  return file instanceof URL || file.startsWith('file:') ? new URL(file) : pathToFileURL(file)
}
