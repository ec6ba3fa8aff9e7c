import { WaypostError } from '@waypost/core'
import type { Preparations, PreparedStore } from './prepare.ts'

const password = 'a long password'

/** What is there already, or not there, is what is wanted. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!WaypostError.is(error)) throw error
  })
}

async function aUser({ etcd }: PreparedStore): Promise<void> {
  await quietly(etcd.auth.users.add('grace', password))
}

async function aRole({ etcd }: PreparedStore): Promise<void> {
  await quietly(etcd.auth.roles.add('operators'))
}

async function aMember(store: PreparedStore): Promise<void> {
  await aUser(store)
  await aRole(store)
  await quietly(store.etcd.auth.users.grantRole('grace', 'operators'))
}

export const access: Preparations = {
  'access.createUser': ({ etcd }) => quietly(etcd.auth.users.delete('grace')),
  'access.deleteUser': aUser,
  'access.setPassword': aUser,
  'access.grantRole': async (store) => {
    await aUser(store)
    await aRole(store)
  },
  'access.revokeRole': aMember,
  'access.role': aRole,
  'access.createRole': ({ etcd }) => quietly(etcd.auth.roles.delete('readers')),
  'access.deleteRole': ({ etcd }) => quietly(etcd.auth.roles.add('readers')),
  'access.grantPermission': aRole,
  'access.revokePermission': async (store) => {
    await aRole(store)
    await store.etcd.auth.roles.grant('operators', 'read', { prefix: '/notes/' })
  },
  'access.show': aUser,
  'access.grant': aUser,
  'access.revoke': async (store) => {
    await aUser(store)
    await store.config.access.grant('grace', { action: 'publish', subject: 'order/' })
  },
  'access.why': aUser,
  'access.may': aUser,
}
