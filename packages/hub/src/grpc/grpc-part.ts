import { readFile } from 'node:fs/promises'
import type { HubPart } from '../parts/hub-part.ts'
import { namesHandlers } from './names-service.ts'
import { reflectionHandlers } from './reflection-service.ts'

/** Where the definition of the service is served. */
export const protoPath = '/proto/waypost/hub/v1/names.proto'

/** The names of services over gRPC, on the hub's port. */
export const grpcPart: HubPart = {
  name: 'grpc',
  rpcHandlers: (hub) => [...namesHandlers(hub), ...reflectionHandlers()],
  addRoutes(app) {
    const proto = readFile(new URL('../../proto/names.proto', import.meta.url))
    proto.catch(() => {})
    app.get(protoPath, async (_request, reply) => reply.type('text/plain; charset=utf-8').send(await proto))
  },
}
