import { type Clock, systemClock } from '@waypost/core'
import { DataPlane, type DataPlaneOptions } from './data-plane.ts'
import type { RoutesDocument } from './document/routes-document.ts'
import { AccessLog, type AccessLogOptions } from './metrics/access-log.ts'
import type { ExchangeTracer } from './metrics/exchange-tracer.ts'
import { type GatewayCounts, GatewayMetrics } from './metrics/gateway-metrics.ts'
import type { PolicyParts } from './policies/policy-parts.ts'
import { compileRoutes } from './routes/build/compile-routes.ts'
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
  #table: CompiledTable | undefined

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
        tried: (_route, service, instance, result, milliseconds) =>
          metrics.tried(service, instance, result, milliseconds),
      },
    })
  }

  get table(): CompiledTable | undefined {
    return this.#table
  }

  /** Compiles the document and puts it into force; what is wrong with it leaves the table as it is, and is returned. */
  setDocument(document: RoutesDocument): readonly DocumentIssue[] {
    const previous = this.#table
    const { table, issues } = compileRoutes(document, this.#parts, previous)
    if (table === undefined) return issues ?? []
    this.#table = table
    this.plane.setTable(table)
    if (previous !== undefined) this.#clock.after(oldTableMs, () => previous.close(table), { ref: false })
    return []
  }

  counts(): GatewayCounts {
    const { core, connections } = this.plane
    const { admission, upstreams } = core
    let staleServices = 0
    for (const { view } of upstreams.all) if (view?.staleSince !== undefined) staleServices += 1
    return this.#metrics.counts({
      connections,
      inFlight: this.plane.inFlight,
      queued: admission.queued,
      shed: admission.shed,
      staleServices,
    })
  }

  async close(): Promise<void> {
    await this.plane.close()
    this.#log?.flush()
    this.#table?.close()
  }
}
