import { Server } from 'node:net'
import type { INestMicroservice } from '@nestjs/common'
import type { ServeOptions } from 'waypost/http'
import type { Registrar } from '../register/registrar.ts'
import { registrarToken } from '../tokens.ts'

export interface ListenMicroserviceOptions {
  /** Whether to wait until it is registered, however long the store is away. Default false. */
  readonly waitUntilRegistered?: boolean | undefined
  /**
   * How a microservice is registered that is connected to an application that serves HTTP: `{ service: 'math' }`. Default
   * the options of `registerOnListen`, which in such an application are those of the HTTP server.
   */
  readonly register?: ServeOptions | undefined
}

/**
 * Starts a microservice in the place of `app.listen()`, registers it where it listens, and drains it before
 * `app.close()` closes it, which Nest does before it calls any hook. Needs `WaypostModule.registerOnListen` in the
 * imports of the root module; for other transports than TCP, with the `port`. In a hybrid application it takes the place
 * of `startAllMicroservices()`, for what `connectMicroservice(options, { inheritAppConfig: true })` gives.
 */
export async function listenMicroservice(
  app: INestMicroservice,
  { waitUntilRegistered = false, register }: ListenMicroserviceOptions = {},
): Promise<Registrar> {
  const registrar: Registrar = app.get(registrarToken, { strict: false })
  registrar.expectMicroservice(register)
  await app.listen()
  drainBeforeClose(app, registrar)
  const registered = registrar.listening(netServerOf(app), register)
  if (waitUntilRegistered) await registered
  return registrar
}

function netServerOf(app: INestMicroservice): Server | undefined {
  try {
    const server = app.unwrap<unknown>()
    return server instanceof Server ? server : undefined
  } catch {
    // A transport that has no server of its own.
    return undefined
  }
}

/**
 * What NestFactory returns is a proxy: it ignores assignments, and finds a method again with every call, so the one to be
 * called in the end is taken from the class.
 */
function drainBeforeClose(app: INestMicroservice, registrar: Registrar): void {
  const close: unknown = Reflect.get(Object.getPrototypeOf(app), 'close')
  if (typeof close !== 'function') return
  Object.defineProperty(app, 'close', {
    configurable: true,
    value: async (): Promise<void> => {
      await registrar.drain()
      await Reflect.apply(close, app, [])
    },
  })
}
