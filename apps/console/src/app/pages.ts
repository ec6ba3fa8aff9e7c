import type { IconName } from '../ui/icon.tsx'

/** The pages that are linked, in the order of the navigation. A page that is not finished is not in this list. */
export const pages = [
  { id: 'overview', to: '/', icon: 'overview', group: 'groupWatch' },
  { id: 'services', to: '/services', icon: 'services', group: 'groupWatch' },
  { id: 'timeline', to: '/timeline', icon: 'timeline', group: 'groupWatch' },
  { id: 'start', to: '/start', icon: 'start', group: 'groupWatch' },
  { id: 'configuration', to: '/configuration', icon: 'configuration', group: 'groupManage' },
  { id: 'keys', to: '/keys', icon: 'keys', group: 'groupManage' },
  { id: 'coordination', to: '/coordination', icon: 'coordination', group: 'groupManage' },
  { id: 'gateway', to: '/gateway', icon: 'gateway', group: 'groupOperate' },
  { id: 'cluster', to: '/cluster', icon: 'cluster', group: 'groupOperate' },
  { id: 'access', to: '/access', icon: 'access', group: 'groupOperate' },
  { id: 'audit', to: '/audit', icon: 'audit', group: 'groupOperate' },
  { id: 'webhooks', to: '/webhooks', icon: 'webhooks', group: 'groupOperate' },
] as const satisfies readonly {
  id: string
  to: string
  icon: IconName
  group: string
}[]
