import { HashKVRequest, Maintenance } from '@waypost/protocol'
import { AuthAdmin } from '../src/contract/auth-admin.ts'
import { op } from '../src/wire/requests.ts'
import { text } from '../src/wire/view.ts'
import { Wire } from '../src/wire/wire.ts'

export const rootPassword = 'secret'

/** Fills a store with a bit of everything, and has everybody log in from then on. */
export async function fillStore(url: string): Promise<void> {
  await using wire = new Wire(url)
  await wire.grant(600n, 77n)
  await wire.grant(9_000n, 78n)
  for (let n = 0; n < 300; n++) await wire.put(`k${n % 100}`, `value ${n} `.repeat(n))
  await wire.put('/leased', 'x', { lease: 77n })
  await wire.delete('k1', { end: 'k2' })
  await wire.txn({ success: [op.put('t/1', '1'), op.put('t/2', '2'), op.delete('k3')] })
  await wire.put('k1', 'back')
  await wire.compact(120n, { physical: true })
  const admin = new AuthAdmin(wire)
  await admin.addRole('readers')
  await admin.grant('readers', 'read', '/config/', '/config0')
  await admin.addUser('Łukasz', 'geheim')
  await admin.addUser('Aukasz', 'geheim')
  await admin.grantRole('Łukasz', 'readers')
  await admin.enableWithRoot(rootPassword)
}

/** Everything that must be the same after a move. */
export async function describeStore(url: string): Promise<Record<string, unknown>> {
  await using anonymous = new Wire(url)
  const wire = await new AuthAdmin(anonymous).login('root', rootPassword)
  const admin = new AuthAdmin(wire)
  const keysAt = async (revision: bigint): Promise<unknown> =>
    (await wire.range('\0', { end: '\0', revision })).kvs.map((kv) => ({
      ...kv,
      key: text(kv.key),
      value: text(kv.value),
    }))
  const lease = async (id: bigint): Promise<unknown> => {
    const { grantedTtl, ttl, keys } = await wire.timeToLive(id, { keys: true })
    return { grantedTtl, isFull: grantedTtl - ttl < 60n, keys: keys.map(text) }
  }
  const { users } = await admin.listUsers()
  const { roles } = await admin.listRoles()
  const { hash, compactRevision, header } = await wire.call(Maintenance.hashKV, HashKVRequest.create({}))
  return {
    keys: await keysAt(0n),
    oldKeys: [await keysAt(120n), await keysAt(200n), await keysAt(302n)],
    compacted: await keysAt(119n).catch(String),
    revision: header?.revision,
    leases: [await lease(77n), await lease(78n)],
    users: await Promise.all(users.map(async (name) => [name, (await admin.getUser(name)).roles])),
    roles: await Promise.all(
      roles.map(async (role) => [
        role,
        (await admin.getRole(role)).perm.map(({ key, rangeEnd, permType }) => [text(key), text(rangeEnd), permType]),
      ]),
    ),
    otherLogin: (await admin.authenticate('Łukasz', 'geheim')).token !== '',
    hash,
    compactRevision,
  }
}
