import { Server } from 'node:net'
import type { INestMicroservice } from '@nestjs/common'
import type { Registrar } from '../register/registrar.ts'
import { registrarToken } from '../tokens.ts'

export interface ListenMicroserviceOptions {
  /** Whether to wait until it is registered, however long the store is away. Default false. */
  readonly waitUntilRegistered?: boolean | undefined
}

/**
 * Starts a microservice in the place of `app.listen()`, registers it where it listens, and drains it before
 * `app.close()` closes it, which Nest does before it calls any hook. Needs `WaypostModule.registerOnListen` in the
 * imports of the root module; for other transports than TCP, with the `port`.
 */
export async function listenMicroservice(
  app: INestMicroservice,
  { waitUntilRegistered = false }: ListenMicroserviceOptions = {},
): Promise<Registrar> {
  const registrar: Registrar = app.get(registrarToken, { strict: false })
  registrar.expectMicroservice()
  await app.listen()
  registrar.listening(netServerOf(app))
  const close = app.close.bind(app)
  app.close = async () => {
    await registrar.drain()
    await close()
  }
  if (waitUntilRegistered) await registrar.registered
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
