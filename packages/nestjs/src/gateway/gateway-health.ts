import type { GatewayHost } from './gateway-host.ts'

type Report = Readonly<Record<string, unknown>> & { readonly status: 'up' | 'down' }

/** A result for the checks of `@nestjs/terminus`: `health.check([() => gatewayHealth.check('gateway')])`. */
export class GatewayHealth {
  readonly #host: GatewayHost

  /** @internal */
  constructor(host: GatewayHost) {
    this.#host = host
  }

  /**
   * The routes in force and their release, what is under way, why newer routes are not in force, and since when the
   * store is away. `down` while the application ends, so that no traffic is sent there.
   */
  check<const Key extends string>(key: Key): Record<Key, Report> {
    const { routes, counts, document } = this.#host.gateway.status()
    const report: Report = {
      status: this.#host.isDraining ? 'down' : 'up',
      routes: routes.length,
      inFlight: counts.gauges.inFlight,
      release: document?.release,
      problems: document?.problems ?? [],
      staleSince: document?.staleSince,
    }
    return { [key]: report } as Record<Key, Report>
  }
}
