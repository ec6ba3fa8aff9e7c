import type { Operated, OperateOptions, ServiceOperator } from '@waypost/registry'
import type { HubApi } from './hub-api.ts'

/** What operators say of instances. */
export type InstanceOperator = Pick<ServiceOperator, 'drain' | 'disable' | 'enable' | 'weight'>

/** Lets a hub say it: it asks the store whether the user may. */
export function hubOperator(api: HubApi, service: string): InstanceOperator {
  const operate = async (id: string, { reason }: OperateOptions = {}, said: object): Promise<Operated> => {
    const address = `/v1/services/${encodeURIComponent(service)}/instances/${encodeURIComponent(id)}`
    const { revision } = Object(await api.ask('PATCH', address, { body: { ...said, reason } }))
    return { id, revision: BigInt(revision), override: undefined }
  }
  return {
    drain: (id, options) => operate(id, options, { action: 'drain' }),
    disable: (id, options) => operate(id, options, { action: 'disable' }),
    enable: (id, options) => operate(id, options, { action: 'enable' }),
    weight: (id, weight, options) => operate(id, options, { action: 'weight', weight }),
  }
}
