import type { HubPart } from './hub-part.ts'

/**
 * Takes canaries back that more processes reject than their limits allow. Every hub does, and a canary is taken back
 * once. It needs a login of the hub's own where the store asks for one.
 */
export const canaryPart: HubPart = {
  name: 'canaries',
  start: async ({ own, logger }) => {
    const guard = own.config.canaries.guard({
      onRollback: ({ path, canary, reason }) =>
        logger.warn({ path, canary: canary.name, reason }, 'A canary was aborted.'),
    })
    return { close: () => guard.close() }
  },
}
