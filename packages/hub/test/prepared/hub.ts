import type { Preparations } from './prepare.ts'

export const hub: Preparations = {
  'hub.logIn': async ({ etcd }) => {
    const users = await etcd.auth.users.list()
    if (!users.includes('ada')) await etcd.auth.users.add('ada', 'a password')
  },
}
