import { WaypostError } from '@waypost/core'
import type { GatewayOptions } from '@waypost/gateway'
import { checkOptionNames, type OptionNames } from '../option-names.ts'

/** The options of `createGateway`, and where the gateway serves: `paths`, `listen`, or both. */
export interface GatewayModuleOptions extends Omit<GatewayOptions, 'waypost' | 'signal'> {
  /**
   * Paths of the application's own HTTP server that the gateway answers, with all below them: `['/api']`. It takes them
   * before anything of Nest, body parsers included, has seen the request; the rest is for controllers.
   */
  readonly paths?: readonly string[] | undefined
  /** A port of the gateway's own. Default host: `127.0.0.1`. */
  readonly listen?: { readonly port: number; readonly host?: string | undefined } | undefined
  /** How long requests under way have when the application ends, in milliseconds. Default 30,000. */
  readonly drainTimeoutMs?: number | undefined
}

const optionNames: OptionNames<GatewayModuleOptions> = {
  accessLog: true,
  admission: true,
  connectTimeoutMs: true,
  drainMs: true,
  drainTimeoutMs: true,
  limits: true,
  listen: true,
  middleware: true,
  onNotice: true,
  paths: true,
  proxyProtocol: true,
  routes: true,
  snapshotDir: true,
  timeoutMs: true,
  tls: true,
  tracer: true,
  trustedProxies: true,
  upstreamKeepAliveMs: true,
  upstreamTls: true,
  zone: true,
}

/** Throws `invalid-argument`. */
export function checkGatewayModuleOptions(options: GatewayModuleOptions): void {
  checkOptionNames('WaypostGatewayModule.forRoot', options, optionNames)
  const { paths = [], listen } = options
  if (paths.length === 0 && listen === undefined) {
    throw new WaypostError(
      'invalid-argument',
      "Say where the gateway serves: WaypostGatewayModule.forRoot({ paths: ['/api'] }) for paths of the application's own " +
        'server, or { listen: { port: 8080 } } for a port of its own.',
    )
  }
  const wrong = paths.find((path) => typeof path !== 'string' || !path.startsWith('/'))
  if (wrong !== undefined) {
    throw new WaypostError('invalid-argument', `A path of the gateway begins with a slash; ${String(wrong)} does not.`)
  }
}
