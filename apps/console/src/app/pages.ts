import type { IconName } from '../ui/icon.tsx'

/** The pages that are linked, in the order of the navigation. A page that is not finished is not in this list. */
export const pages = [
  { id: 'overview', to: '/', icon: 'overview', group: 'groupWatch' },
  { id: 'services', to: '/services', icon: 'services', group: 'groupWatch' },
  { id: 'timeline', to: '/timeline', icon: 'timeline', group: 'groupWatch' },
  { id: 'configuration', to: '/configuration', icon: 'configuration', group: 'groupManage' },
  { id: 'webhooks', to: '/webhooks', icon: 'webhooks', group: 'groupOperate' },
] as const satisfies readonly {
  id: string
  to: string
  icon: IconName
  group: string
}[]

export type PageId = (typeof pages)[number]['id']
