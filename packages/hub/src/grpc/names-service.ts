import { WaypostError } from '@waypost/core'
import type { Instance, ServiceView } from '@waypost/registry'
import { type RpcHandler, type ServerCall, type ServerStream, stream, unary } from '@waypost/rpc/server'
import type { Login } from '../caller/caller.ts'
import type { HubServices } from '../hub-services.ts'
import { type ListRequest, Names, PickResponse, type WatchRequest, type WatchResponse } from './generated/names.ts'
import { callerOf, endWithLogin } from './grpc-caller.ts'
import { rpcErrorOf } from './grpc-error.ts'
import { instanceMessage } from './instance-message.ts'
import { KeptServices } from './kept-services.ts'
import { RegisterCall } from './register-call.ts'

/** `waypost.hub.v1.Names`: see `proto/names.proto`. Every call has the rights of its caller. */
export function namesHandlers(hub: HubServices): RpcHandler[] {
  const kept = new WeakMap<Login['etcd'], KeptServices>()
  const viewOf = async (call: ServerCall, service: string, key = ''): Promise<ServiceView> => {
    const caller = await callerOf(hub, call)
    const services = kept.get(caller.etcd) ?? new KeptServices(caller, hub.clock)
    kept.set(caller.etcd, services)
    return services.view(service, key === '' ? 'round-robin' : 'rendezvous', call.signal)
  }
  return [
    stream(Names.register, (call) => {
      new RegisterCall(call, callerOf(hub, call), hub.clock)
    }),
    unary(Names.list, (request, call) =>
      translated(async () => {
        const view = await viewOf(call, request.service)
        const instances = view.instances.filter(matcher(request)).map(instanceMessage)
        return { instances, revision: view.revision, stale: view.staleSince !== undefined }
      }),
    ),
    stream(Names.watch, (call) => {
      call.onMessage((request) => void watch(hub, call, request))
    }),
    unary(Names.pick, ({ service, exclude, key, zone }, call) =>
      translated(async () => {
        const view = await viewOf(call, service, key)
        const excluded = view.instances.filter(({ id }) => exclude.includes(id))
        const instance = view.pick({ exclude: excluded, key: key || undefined, zone: zone || undefined })
        if (instance === undefined) {
          throw new WaypostError(
            'no-instance',
            `No instance of ${service} takes traffic: ${view.instances.length} are there.`,
          )
        }
        return PickResponse.create({ instance: instanceMessage(instance), revision: view.revision })
      }),
    ),
  ]
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw rpcErrorOf(error)
  }
}

function matcher({ anyStatus, tag, zone }: ListRequest): (instance: Instance) => boolean {
  return (instance) =>
    (anyStatus || (instance.status === 'up' && instance.weight > 0)) &&
    (tag === '' || instance.tags.includes(tag)) &&
    (zone === '' || instance.zone === zone)
}

/** Never rejects. A client that reads slowly gets the difference since it last read. */
async function watch(
  hub: HubServices,
  call: ServerStream<WatchRequest, WatchResponse>,
  request: WatchRequest,
): Promise<void> {
  try {
    const caller = await callerOf(hub, call)
    const { registry } = caller
    const { signal } = call
    await using view = await registry.discover(request.service, { where: matcher(request), subscribe: false, signal })
    const changes = view.changes()
    endWithLogin(caller, call)
    call.onClose(() => void changes.return?.())
    let isReady = call.send({
      snapshot: true,
      changed: view.instances.map(instanceMessage),
      removed: [],
      revision: view.revision,
    })
    for (;;) {
      if (!isReady) await drained(call)
      const next = await changes.next()
      if (next.done === true || call.ended) break
      const { added, changed, removed, revision } = next.value
      const present = [...added, ...changed.map(({ current }) => current)]
      if (present.length + removed.length === 0) continue
      const gone = removed.map(({ instance }) => instance.id)
      isReady = call.send({ snapshot: false, changed: present.map(instanceMessage), removed: gone, revision })
    }
    call.end(rpcErrorOf(new WaypostError('closed', 'The hub stops.')))
  } catch (error) {
    call.end(rpcErrorOf(error))
  }
}

function drained(call: ServerStream<WatchRequest, WatchResponse>): Promise<void> {
  return new Promise((resolve) => {
    call.onDrain(resolve)
    call.onClose(resolve)
  })
}
