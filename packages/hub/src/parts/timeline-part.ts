import type { HubPart } from './hub-part.ts'

/** Records the timeline and sends webhooks, when this hub is elected. */
export const timelinePart: HubPart = {
  name: 'timeline',
  async start({ timeline }) {
    await timeline.start()
    return { close: () => timeline.close() }
  },
}
