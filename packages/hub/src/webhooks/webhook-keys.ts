import { sortableId } from '../timeline/timeline-keys.ts'

/** Everything about webhooks. Whoever may read it sees all events, and secrets that are not encrypted. */
export const webhooksPrefix = '/waypost/webhooks/'

export const hooksPrefix = `${webhooksPrefix}hooks/`

const cursorsPrefix = `${webhooksPrefix}cursors/`
const allDeliveriesPrefix = `${webhooksPrefix}deliveries/`

export function hookKey(id: string): string {
  return hooksPrefix + id
}

/** How far the events of a webhook are dealt with. */
export function cursorKey(id: string): string {
  return cursorsPrefix + id
}

/** What was sent to a webhook, in the order of the first event of each. */
export function deliveriesPrefix(id: string): string {
  return `${allDeliveriesPrefix}${id}/`
}

/** @param suffix tells deliveries of the same events apart */
export function deliveryKey(id: string, firstId: string, suffix = ''): string {
  return deliveriesPrefix(id) + sortableId(firstId) + suffix
}
