import { anySignal, delay, messageOf, WaypostError } from '@waypost/core'
import { checksPrefix } from '@waypost/registry'
import type { HubServices } from '../hub-services.ts'
import type { HubPart } from './hub-part.ts'

/** Under the hub's own keys; etcd's layout of elections. */
const election = '/waypost/hub/checker'
const retryMs = 10_000

/** Checks persistent instances, when this hub is elected. It stands for election once there is something to check. */
export const checkerPart: HubPart = {
  name: 'checker',
  async start(hub) {
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

/** Never rejects. */
async function run(hub: HubServices, signal: AbortSignal): Promise<void> {
  let said = ''
  while (!signal.aborted) {
    try {
      await somethingToCheck(hub, signal)
      await lead(hub, signal)
    } catch (error) {
      const message = messageOf(error)
      if (!signal.aborted && message !== said && !WaypostError.is(error, 'closed')) {
        hub.logger.warn(`Persistent instances are not checked by this hub: ${message}`)
        said = message
      }
    }
    await delay(retryMs, { clock: hub.clock, signal, ref: false }).catch(() => {})
  }
}

/** Resolves when there is a check. */
async function somethingToCheck({ own }: HubServices, signal: AbortSignal): Promise<void> {
  const cache = own.etcd.cache({ prefix: checksPrefix }, { signal, timeoutMs: Number.POSITIVE_INFINITY })
  try {
    await cache.ready
    if (cache.size > 0) return
    for await (const _ of cache.changes()) if (cache.size > 0) return
  } finally {
    await cache.close()
  }
}

/** Checks until the lead is lost. */
async function lead({ own, logger }: HubServices, signal: AbortSignal): Promise<void> {
  await own.coordination.lead(
    election,
    async ({ lost }) => {
      const until = anySignal([lost, signal])
      await using checker = await own.registry.checkPersistent({
        onEvent: ({ kind, service, id, reason }) =>
          logger.info({ service, instance: id, reason }, `The persistent instance is ${kind}.`),
      })
      logger.info(`This hub checks ${checker.size} persistent instances.`)
      await new Promise<void>((resolve) => {
        if (until.aborted) resolve()
        else until.addEventListener('abort', () => resolve(), { once: true })
      })
    },
    { signal },
  )
}
