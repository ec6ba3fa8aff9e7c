import { type Clock, Slices, systemClock } from '@waypost/core'
import { DataPlane, type DataPlaneOptions } from './data-plane.ts'
import type { RoutesDocument } from './document/routes-document.ts'
import { AccessLog, type AccessLogOptions } from './metrics/access-log.ts'
import type { ExchangeTracer } from './metrics/exchange-tracer.ts'
import { type GatewayCounts, GatewayMetrics } from './metrics/gateway-metrics.ts'
import type { PolicyParts } from './policies/policy-parts.ts'
import { compileInSlices } from './routes/build/compile-routes.ts'
import type { DocumentIssue } from './routes/build/problems.ts'
import type { CompiledTable } from './routes/compiled-table.ts'

export interface RoutedPlaneOptions extends Omit<DataPlaneOptions, 'observer'> {
  readonly accessLog?: AccessLogOptions | undefined
  readonly tracer?: ExchangeTracer | undefined
  readonly sharedRate?: PolicyParts['sharedRate']
  /** How many processes share what is limited for the gateway. Default 1. */
  readonly workers?: number | undefined
}

/** Policies that a new table no longer has are closed when requests under the old one are over. */
const oldTableMs = 30_000

/** A data plane with what it counts and logs, whose table is compiled from documents. */
export class RoutedPlane {
  readonly plane: DataPlane
  readonly #metrics = new GatewayMetrics()
  readonly #log: AccessLog | undefined
  readonly #parts: PolicyParts
  readonly #clock: Clock
  readonly #slices = new Slices()
  #table: CompiledTable | undefined
  /** The document that is compiled after the one that is being compiled; a newer one takes its place. */
  #next: RoutesDocument | undefined
  #compiling: Promise<readonly DocumentIssue[]> | undefined
  #isClosed = false

  constructor(options: RoutedPlaneOptions) {
    const { accessLog, tracer, sharedRate, workers = 1, clock = systemClock, warn = (): void => {} } = options
    this.#clock = clock
    this.#log = accessLog && new AccessLog(accessLog)
    this.#parts = { clock, fetch: (url, init) => fetch(url, init), sharedRate, workers, onNotice: warn }
    const metrics = this.#metrics
    const log = this.#log
    this.plane = new DataPlane({
      ...options,
      observer: {
        ...(tracer && { begin: (request, requestId) => tracer.begin(request, requestId) }),
        end: (record) => {
          metrics.ended(record)
          log?.ended(record)
        },
        closed: (reason) => metrics.closed(reason),
        tried: (_route, service, instance, result, milliseconds) =>
          metrics.tried(service, instance, result, milliseconds),
      },
    })
  }

  get table(): CompiledTable | undefined {
    return this.#table
  }

  /**
   * Compiles the document in slices, while the old table serves, and puts it into force as a whole. What is wrong with
   * it leaves the table as it is, and is returned. When a newer document comes meanwhile, what is returned is of that.
   */
  setDocument(document: RoutesDocument): Promise<readonly DocumentIssue[]> {
    this.#next = document
    this.#compiling ??= this.#compileAll().finally(() => {
      this.#compiling = undefined
    })
    return this.#compiling
  }

  counts(): GatewayCounts {
    const { core, connections } = this.plane
    const { admission, upstreams } = core
    let staleServices = 0
    for (const { view } of upstreams.all) if (view?.staleSince !== undefined) staleServices += 1
    const gauges = {
      connections,
      inFlight: this.plane.inFlight,
      queued: admission.queued,
      shed: admission.shed,
      staleServices,
    }
    return this.#metrics.counts(gauges, upstreams.openBreakers())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([this.plane.close(), this.#compiling])
    this.#log?.flush()
    this.#table?.close()
  }

  async #compileAll(): Promise<readonly DocumentIssue[]> {
    let issues: readonly DocumentIssue[] = []
    while (this.#next !== undefined && !this.#isClosed) {
      const document = this.#next
      this.#next = undefined
      issues = await this.#compile(document)
    }
    return issues
  }

  async #compile(document: RoutesDocument): Promise<readonly DocumentIssue[]> {
    const previous = this.#table
    const { table, issues } = await compileInSlices(this.#slices, document, this.#parts, previous)
    if (table === undefined) return issues
    this.#table = table
    if (this.#isClosed) {
      previous?.close(table)
      return []
    }
    this.plane.setTable(table)
    if (previous !== undefined) this.#clock.after(oldTableMs, () => previous.close(table), { ref: false })
    return []
  }
}
