import type { Server } from 'node:net'
import type { Registry } from '@waypost/registry'
import { checkServing } from './check-serving.ts'
import { ServedInstance, type ServeOptions } from './served-instance.ts'

/**
 * Registers a server with the host and port that it listens on, once it does. It returns at once;
 * `await instance.registered` for the registration, and `await instance.drain()` before the server is closed.
 * Without a server it is registered at once, at the port in the options. Throws `invalid-argument` for what could not be
 * registered.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 *
 * const server = createServer((_request, response) => response.end('Mei'))
 * const instance = registerOnListen(registry, server, { service: 'user' })
 * server.listen(0)
 * await instance.registered
 * console.log(instance.service) // user
 *
 * await instance.drain()
 * server.close()
 * ```
 */
export function registerOnListen(
  registry: Registry,
  server: Server | undefined,
  options: ServeOptions,
): ServedInstance {
  checkServing('registerOnListen', "registerOnListen(waypost.registry, server, { service: 'user' })", registry, options)
  return new ServedInstance(registry, server, options)
}
