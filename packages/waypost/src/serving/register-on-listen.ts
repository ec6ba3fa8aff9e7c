import type { Server } from 'node:net'
import type { Registry } from '@waypost/registry'
import { ServedInstance, type ServeOptions } from './served-instance.ts'

/**
 * Registers a server with the host and port that it listens on, once it does. It returns at once;
 * `await instance.registered` for the registration, and `await instance.drain()` before the server is closed.
 * Without a server it is registered at once, at the port in the options.
 */
export function registerOnListen(
  registry: Registry,
  server: Server | undefined,
  options: ServeOptions,
): ServedInstance {
  return new ServedInstance(registry, server, options)
}
