import type { Preparations } from './prepare.ts'

export const hub: Preparations = {
  'gateways.explain': async ({ config }) => {
    await config.documents.putRaw('gateway/routes.yaml', 'routes:\n  shop: { target: { service: shop } }\n')
  },
  'hub.logIn': async ({ etcd }) => {
    const users = await etcd.auth.users.list()
    if (!users.includes('ada')) await etcd.auth.users.add('ada', 'a password')
  },
}
