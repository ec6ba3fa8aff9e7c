import { runningHubsPrefix } from '@waypost/config/admin'
import { delay, messageOf } from '@waypost/core'
import type { HubServices } from '../hub-services.ts'
import type { HubPart } from './hub-part.ts'

const checkMs = 5_000

/** Says in the store that a hub runs that may write for others: the strict mode needs one. */
export const runningPart: HubPart = {
  name: 'running',
  async start(hub) {
    if (hub.own.user === undefined) return undefined
    const ending = new AbortController()
    const running = run(hub, ending.signal)
    return {
      async close() {
        ending.abort()
        await running
      },
    }
  },
}

/** Never rejects. A lease that was lost has taken the key with it. */
async function run({ own, clock, startedAt, logger }: HubServices, signal: AbortSignal): Promise<void> {
  const { etcd, user } = own
  const key = runningHubsPrefix + etcd.identity.process
  const value = JSON.stringify({ user, startedAt: startedAt.toISOString() })
  const presence = etcd.presence()
  let written: bigint | undefined
  presence.hold()
  while (!signal.aborted) {
    try {
      const { id } = await presence.lease()
      if (id !== written) await etcd.kv.put(key, value, { lease: id, signal })
      written = id
    } catch (error) {
      if (!signal.aborted) logger.debug(`It is not told that this hub runs: ${messageOf(error)}`)
    }
    await delay(checkMs, { clock, signal, ref: false }).catch(() => {})
  }
  await presence.release([key])
}
