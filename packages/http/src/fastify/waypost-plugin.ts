import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { checkServing } from '../check-serving.ts'
import { healthReport } from '../health-report.ts'
import type { OpenStore } from '../open-store.ts'
import { registerOnListen } from '../register-on-listen.ts'
import type { ServedInstance, ServeOptions } from '../served-instance.ts'

export interface WaypostPluginOptions extends ServeOptions {
  /** The open store. Who opened it closes it, after the application. */
  readonly waypost: OpenStore
  /** A route that answers 200, or 503 once the instance leaves. Default `/health`; `false`: none. */
  readonly healthPath?: string | false | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The registration of this application. */
    readonly waypostInstance: ServedInstance
  }
}

/** A `string`, as the package `waypost` declares the type of `app.waypost`. */
const storeName: string = 'waypost'

/**
 * Registers a Fastify application with the host and port that it listens on, and drains it before `app.close()` closes
 * the server. Adds `app.waypost` and `app.waypostInstance`, for the whole application.
 *
 * @example
 * ```ts
 * import Fastify from 'fastify'
 *
 * const app = Fastify()
 * await app.register(waypostPlugin, { waypost, service: 'user' })
 * await app.listen({ port: 0 })
 * console.log(app.waypostInstance.service) // user
 * await app.close()
 * ```
 */
export const waypostPlugin: FastifyPluginAsync<WaypostPluginOptions> = Object.assign(
  async (app: FastifyInstance, options: WaypostPluginOptions): Promise<void> => {
    const { waypost, healthPath = '/health', ...rest } = options
    const serveOptions = withoutFastifys(rest)
    const example = "app.register(waypostPlugin, { waypost: await connect(), service: 'user' })"
    checkServing('waypostPlugin', example, waypost?.registry, serveOptions)
    const instance = registerOnListen(waypost.registry, app.server, {
      onProblem: (error, retryInMs) => app.log.warn({ err: error, retryInMs }, 'The service could not be registered'),
      ...serveOptions,
    })
    app.decorate(storeName, waypost)
    app.decorate('waypostInstance', instance)
    drainBeforeClose(app, instance)
    if (healthPath === false) return
    app.get(healthPath, { logLevel: 'warn' }, async (_request, reply) => {
      const report = healthReport(waypost.etcd, instance)
      return reply.code(report.status === 'up' ? 200 : 503).send(report)
    })
  },
  // What fastify-plugin sets: decorators are for the application, not for the plugin's own scope.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'waypost' },
)

/** Without what Fastify's own `register` takes beside the options of a plugin. */
function withoutFastifys(options: ServeOptions): ServeOptions {
  const {
    prefix: _,
    logLevel: __,
    logSerializers: ___,
    ...own
  }: ServeOptions & Record<string, unknown> = { ...options }
  return own
}

/**
 * Fastify answers 503 from the moment when `close()` is called, before any hook runs, while consumers still send until
 * they have seen that the instance leaves. So it is drained before Fastify hears of it.
 */
function drainBeforeClose(app: FastifyInstance, instance: ServedInstance): void {
  const drained = async (): Promise<void> => {
    await instance.drain().catch((error: unknown) => app.log.warn({ err: error }, 'The service left without proof'))
  }
  const closeApp = app.close.bind(app)
  function close(): Promise<undefined>
  function close(listener: () => void): undefined
  function close(listener?: () => void): Promise<undefined> | undefined {
    const closed = drained().then(() => closeApp())
    if (listener === undefined) return closed
    void closed.then(listener, listener)
    return undefined
  }
  app.close = close
  // For an application that is closed through a parent of the scope in which the plugin is.
  app.addHook('preClose', drained)
}
