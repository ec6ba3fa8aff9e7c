import {
  Auth,
  AuthUserGetRequest,
  Cluster,
  LeaseKeepAliveRequest,
  Maintenance,
  MemberListRequest,
  StatusRequest,
} from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { op, when } from '../wire/requests.ts'
import { text, valuesOf } from '../wire/view.ts'
import { Wire } from '../wire/wire.ts'
import { AuthAdmin } from './auth-admin.ts'
import { type ContractStore, type ContractSuite, notLike34, onlyDurable } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { expectRefusal } from './expect-refusal.ts'

const { INVALID_ARGUMENT, PERMISSION_DENIED, UNAUTHENTICATED } = StatusCode

const denied = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, PERMISSION_DENIED, 'etcdserver: permission denied')
const nobody = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, INVALID_ARGUMENT, 'etcdserver: user name is empty')
const badToken = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, UNAUTHENTICATED, 'etcdserver: invalid auth token')
const invalidManagement = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, INVALID_ARGUMENT, 'etcdserver: invalid auth management')

/** Who may do what, on a store of its own with authentication on. */
export const authAccessContract: ContractSuite = (store) => {
  describe('Auth: access', () => {
    let own: ContractStore
    let anonymous: Wire
    let root: Wire
    let admin: AuthAdmin
    let serial = 0

    beforeAll(async () => {
      own = await store().startFresh()
      anonymous = own.wire
      root = await new AuthAdmin(anonymous).enableWithRoot('guang')
      admin = new AuthAdmin(root)
    })
    afterAll(async () => {
      await own?.close()
    })

    /** A user of its own with one role that holds these permissions, logged in. */
    async function user(...grants: Parameters<AuthAdmin['grant']> extends [string, ...infer Rest] ? Rest[] : never) {
      serial += 1
      const name = `user-${serial}`
      await admin.addUser(name, 'pass')
      await admin.addRole(name)
      await admin.grantRole(name, name)
      for (const grant of grants) await admin.grant(name, ...grant)
      return Object.assign(await new AuthAdmin(anonymous).login(name, 'pass'), { userName: name })
    }

    describe('logging in', () => {
      it('gives a token of sixteen letters, a dot and an index', async () => {
        const { token } = await new AuthAdmin(anonymous).authenticate('root', 'guang')
        expect(token).toMatch(/^[A-Za-z]{16}\.\d+$/)
      })

      it('with a wrong password or an unknown name is refused in the same words', async () => {
        const failed = 'etcdserver: authentication failed, invalid user ID or password'
        const guest = new AuthAdmin(anonymous)
        await expectRefusal(guest.authenticate('root', 'wrong'), INVALID_ARGUMENT, failed)
        await expectRefusal(guest.authenticate('root', ''), INVALID_ARGUMENT, failed)
        await expectRefusal(guest.authenticate('ghost', 'guang'), INVALID_ARGUMENT, failed)
      })

      it('a call without token is refused as from nobody', async () => {
        await nobody(anonymous.range('a'))
        await nobody(anonymous.put('a', '1'))
        await nobody(anonymous.delete('a'))
        await nobody(anonymous.txn({ success: [op.range('a')] }))
        await nobody(anonymous.txn({ success: [op.put('a', '1')] }))
      })

      it('a token that was never given is refused', async () => {
        await badToken(anonymous.withToken('nonsense').range('a'))
        await badToken(anonymous.withToken('AAAAAAAAAAAAAAAA.1').put('a', '1'))
      })

      for (const [form, scheme] of [
        ['bare', ''],
        ['as a Bearer', 'Bearer '],
      ] as const) {
        it(`the token may come as authorization, ${form}`, async (context) => {
          if (scheme !== '') notLike34(context, store(), 'bearer')
          const { token } = await new AuthAdmin(anonymous).authenticate('root', 'guang')
          const wire = new Wire(anonymous.connection, { authorization: `${scheme}${token}` })
          expect((await wire.range('absent')).count).toBe(0n)
        })
      }

      it('Status, MemberList, Compact and Leases need a login too', async (context) => {
        notLike34(context, store(), 'openEndpoints')
        await nobody(anonymous.call(Maintenance.status, StatusRequest.create({})))
        await nobody(anonymous.call(Cluster.memberList, MemberListRequest.create({})))
        await nobody(anonymous.compact(1n))
        await nobody(anonymous.leases())
      })

      it('a password change ends the tokens of the user and of no other', async () => {
        const one = await user(['read', 'a'])
        const other = await user(['read', 'a'])
        await one.range('a')
        await admin.changePassword(one.userName, 'other')
        await badToken(one.range('a'))
        await other.range('a')
        await expectRefusal(
          new AuthAdmin(anonymous).authenticate(one.userName, 'pass'),
          INVALID_ARGUMENT,
          'etcdserver: authentication failed, invalid user ID or password',
        )
        await new AuthAdmin(anonymous).login(one.userName, 'other')
      })

      it('a deletion ends the tokens of the user', async () => {
        const one = await user(['read', 'a'])
        await admin.deleteUser(one.userName)
        await badToken(one.range('a'))
      })
    })

    describe('permissions', () => {
      it('read, write and both are what they say', async () => {
        const reader = await user(['read', 'p/', 'p0'])
        const writer = await user(['write', 'p/', 'p0'])
        const both = await user(['readwrite', 'p/', 'p0'])
        await both.put('p/a', '1')
        await writer.put('p/a', '2')
        expect(valuesOf((await reader.range('p/a')).kvs)).toEqual(['2'])
        expect(valuesOf((await both.range('p/a')).kvs)).toEqual(['2'])
        await denied(reader.put('p/a', '3'))
        await denied(reader.delete('p/a'))
        await denied(writer.range('p/a'))
        expect((await writer.delete('p/a')).deleted).toBe(1n)
      })

      it('prev_kv is a read', async () => {
        const writer = await user(['write', 'q/', 'q0'])
        await writer.put('q/a', '1')
        await denied(writer.put('q/a', '2', { prevKv: true }))
        await denied(writer.delete('q/a', { prevKv: true }))
      })

      it('prev_kv is a read inside a transaction too', async (context) => {
        notLike34(context, store(), 'txnGuards')
        const writer = await user(['write', 'qt/', 'qt0'])
        await denied(writer.txn({ success: [op.put('qt/a', '2', { prevKv: true })] }))
        await denied(writer.txn({ failure: [op.delete('qt/a', { prevKv: true })] }))
      })

      it('a request must fit inside', async () => {
        const reader = await user(['read', 'r/b', 'r/d'])
        await reader.range('r/b')
        await reader.range('r/b', { end: 'r/d' })
        await reader.range('r/c')
        await reader.range('r/c', { end: 'r/cc' })
        await denied(reader.range('r/a'))
        await denied(reader.range('r/d'))
        await denied(reader.range('r/a', { end: 'r/d' }))
        await denied(reader.range('r/b', { end: 'r/d\0' }))
        await denied(reader.range('r/b', { end: '\0' }))
        await denied(reader.range('\0', { end: '\0' }))
      })

      it('is checked after the form of the request and before what it names', async () => {
        const one = await user(['readwrite', 'o/a'])
        const tooLarge = 'etcdserver: request is too large'
        await expectRefusal(one.put('o/b', Buffer.alloc(1.6 * 1024 * 1024)), INVALID_ARGUMENT, tooLarge)
        await expectRefusal(one.put(''), INVALID_ARGUMENT, 'etcdserver: key is not provided')
        await denied(one.put('o/b', '', { lease: 7_777_777n }))
        await denied(one.put('o/b', '', { ignoreValue: true }))
        await denied(one.range('o/b', { revision: 9_999_999n }))
        await denied(one.txn({ success: [op.range('o/b', { revision: 9_999_999n })] }))
      })

      it('a permission for one key does not cover its prefix', async () => {
        const reader = await user(['read', 's'])
        await reader.range('s')
        await denied(reader.range('s/'))
        await denied(reader.range('s', { end: 's\0\0' }))
      })

      it('permissions of all roles count as their union', async () => {
        const reader = await user(['read', 't/a', 't/c'], ['read', 't/c', 't/e'], ['read', 't/e'])
        await reader.range('t/a', { end: 't/e' })
        await denied(reader.range('t/a', { end: 't/e\0\0' }))
        await admin.addRole('t-more')
        await admin.grant('t-more', 'read', 't/e', 't/g')
        await admin.grantRole(reader.userName, 't-more')
        await reader.range('t/a', { end: 't/g' })
      })

      it('an end of one zero byte is open', async () => {
        const reader = await user(['read', 'u', '\0'])
        await reader.range('u', { end: '\0' })
        await reader.range('zzz')
        await reader.range('v', { end: 'w' })
        await denied(reader.range('t', { end: '\0' }))
        await denied(reader.put('u', '1'))
      })

      it('a revoked permission or role is gone at once', async () => {
        const reader = await user(['read', 'w'])
        await reader.range('w')
        await admin.revoke(reader.userName, 'w')
        await denied(reader.range('w'))
        await admin.grant(reader.userName, 'read', 'w')
        await reader.range('w')
        await admin.revokeRole(reader.userName, reader.userName)
        await denied(reader.range('w'))
      })

      it('role root may do everything, whoever holds it', async () => {
        const deputy = await user()
        await denied(deputy.put('deputy', '1'))
        await admin.grantRole(deputy.userName, 'root')
        await deputy.put('deputy', '1')
        await new AuthAdmin(deputy).listUsers()
        await deputy.delete('deputy')
      })
    })

    describe('transactions', () => {
      it('need read for every comparison, taken or not', async () => {
        const one = await user(['readwrite', 'x/a'])
        await one.txn({ compare: [when.version('x/a', '=', 0n)] })
        await denied(one.txn({ compare: [when.version('x/b', '=', 0n)] }))
        await denied(one.txn({ compare: [when.version('x/a', '=', 0n, { end: 'x/c' })] }))
      })

      it('need read for every comparison of a nested transaction', async (context) => {
        notLike34(context, store(), 'txnGuards')
        const one = await user(['readwrite', 'x/a'])
        await denied(one.txn({ success: [op.txn({ compare: [when.value('x/b', '=', '1')] })] }))
        await denied(
          one.txn({
            compare: [when.version('x/a', '=', 99n)],
            success: [op.txn({ compare: [when.version('x/b', '=', 0n)] })],
          }),
        )
      })

      it('need permission for both branches', async () => {
        const one = await user(['readwrite', 'y/a'])
        for (const forbidden of [op.put('y/b', '1'), op.range('y/b'), op.delete('y/b')]) {
          await denied(one.txn({ success: [forbidden] }))
          await denied(one.txn({ failure: [forbidden] }))
        }
      })

      it('need permission for both branches of a nested transaction, however deep', async (context) => {
        notLike34(context, store(), 'txnGuards')
        const one = await user(['readwrite', 'y/a'])
        await one.txn({ success: [op.put('y/a', '1'), op.txn({ success: [op.range('y/a')] })] })
        for (const forbidden of [op.put('y/b', '1'), op.range('y/b'), op.delete('y/b')]) {
          await denied(one.txn({ success: [op.txn({ success: [forbidden] })] }))
          await denied(one.txn({ failure: [op.txn({ failure: [op.txn({ success: [forbidden] })] })] }))
        }
        expect((await root.range('y/b')).count).toBe(0n)
      })

      it('need write on the keys of a lease that they put on', async (context) => {
        notLike34(context, store(), 'txnGuards')
        const one = await user(['readwrite', 'yl/a'])
        const { id } = await root.grant(600n)
        await root.put('yl/secret', '1', { lease: id })
        await denied(one.txn({ success: [op.put('yl/a', '1', { lease: id })] }))
        await denied(one.txn({ failure: [op.txn({ success: [op.put('yl/a', '1', { lease: id })] })] }))
        expect((await root.range('yl/a')).count).toBe(0n)
      })
    })

    describe('leases', () => {
      it('revoking and putting on need write on every attached key', async () => {
        const one = await user(['readwrite', 'l/a'])
        const { id } = await root.grant(600n)
        await one.put('l/a', '1', { lease: id })
        await root.put('l/b', '1', { lease: id })
        await denied(one.put('l/a', '2', { lease: id }))
        await denied(one.revoke(id))
        await root.delete('l/b')
        await one.put('l/a', '3', { lease: id })
        await one.revoke(id)
      })

      it('renewing needs write on every attached key', async (context) => {
        notLike34(context, store(), 'leaseGuards')
        const one = await user(['readwrite', 'lr/a'])
        const { id } = await root.grant(600n)
        await root.put('lr/b', '1', { lease: id })
        await denied(one.keepAlive(id))
        await root.delete('lr/b')
        expect((await one.keepAlive(id)).ttl).toBe(600n)
      })

      it('seeing the keys of a lease needs read on them', async (context) => {
        notLike34(context, store(), 'leaseGuards')
        const one = await user(['readwrite', 'lt/a'])
        const { id } = await root.grant(600n)
        await root.put('lt/b', '1', { lease: id })
        await denied(one.timeToLive(id, { keys: true }))
        await one.timeToLive(id)
        expect((await root.timeToLive(id, { keys: true })).keys.map(text)).toEqual(['lt/b'])
      })

      it('a user may grant, put on, renew and revoke a lease of its own', async () => {
        const one = await user(['readwrite', 'lo/a'])
        const { id } = await one.grant(600n)
        await one.put('lo/a', '1', { lease: id })
        const stream = one.keepAlives()
        stream.send(LeaseKeepAliveRequest.create({ id }))
        expect((await stream.next()).ttl).toBe(600n)
        await stream.close()
        await one.revoke(id)
        expect((await root.range('lo/a')).count).toBe(0n)
      })
    })

    describe('watches', () => {
      const refusal = {
        watchId: -1n,
        created: true,
        canceled: true,
        cancelReason: 'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
      }

      it('need read on the whole range, and the stream lives on when refused', async () => {
        const one = await user(['read', 'm/a', 'm/c'])
        const watch = one.watch()
        expect(await watch.create('m/c')).toMatchObject(refusal)
        expect(await watch.create('m/a', { end: 'm/d' })).toMatchObject(refusal)
        expect(await watch.create('m/a', { end: 'm/c' })).toMatchObject({ watchId: 0n, canceled: false })
        await root.put('m/b', '1')
        expect((await watch.next()).events.length).toBe(1)
        await watch.close()
      })

      it('the range that is checked is the range that is watched', async (context) => {
        notLike34(context, store(), 'watchGuard')
        const one = await user(['read', '\0', '\x01'])
        const watch = one.watch()
        expect(await watch.create('', { end: '\0' })).toMatchObject(refusal)
        expect(await watch.create('\0', { end: '\0' })).toMatchObject(refusal)
        expect(await watch.create('')).toMatchObject({ canceled: false })
        await watch.close()
      })

      it('are refused to nobody', async () => {
        const watch = anonymous.watch()
        expect(await watch.create('m/a')).toMatchObject({ watchId: -1n, created: true, canceled: true })
        await watch.close()
      })
    })

    describe('administration', () => {
      it('is for administrators', async () => {
        const one = await user(['readwrite', '\0', '\0'])
        const clerk = new AuthAdmin(one)
        const other = await user()
        await denied(clerk.enable())
        await denied(clerk.disable())
        await denied(clerk.addUser('x', 'x'))
        await denied(clerk.deleteUser(other.userName))
        await denied(clerk.changePassword(one.userName, 'x'))
        await denied(clerk.grantRole(one.userName, 'root'))
        await denied(clerk.revokeRole(one.userName, one.userName))
        await denied(clerk.listUsers())
        await denied(clerk.addRole('x'))
        await denied(clerk.deleteRole(one.userName))
        await denied(clerk.listRoles())
        await denied(clerk.grant(one.userName, 'read', 'a'))
        await denied(clerk.revoke(one.userName, '\0', '\0'))
      })

      it('a user may see itself, and a role that it holds, and no others', async () => {
        const one = await user(['read', 'a'])
        const other = await user(['read', 'a'])
        const clerk = new AuthAdmin(one)
        expect((await clerk.getUser(one.userName)).roles).toEqual([one.userName])
        expect((await clerk.getRole(one.userName)).perm.length).toBe(1)
        await denied(clerk.getUser(other.userName))
        await denied(clerk.getRole(other.userName))
      })

      it('Compact is for administrators', async (context) => {
        notLike34(context, store(), 'openEndpoints')
        const one = await user(['readwrite', '\0', '\0'])
        await denied(one.compact(await currentRevision(root)))
        await root.compact(revisionOf(await root.put('compact', '1')))
      })

      it('root cannot be made powerless while authentication is on', async () => {
        await invalidManagement(admin.deleteUser('root'))
        await invalidManagement(admin.deleteRole('root'))
        await invalidManagement(admin.revokeRole('root', 'root'))
      })

      it('reading a user needs a login', async () => {
        await nobody(anonymous.call(Auth.userGet, AuthUserGetRequest.create({ name: 'root' })))
      })
    })

    describe('off again', () => {
      it('disabling ends every token and lets everybody in', async () => {
        const fresh = await store().startFresh()
        try {
          const guest = new AuthAdmin(fresh.wire)
          const first = await guest.enableWithRoot('guang')
          await first.put('a', '1')
          await new AuthAdmin(first).disable()
          expect(valuesOf((await fresh.wire.range('a')).kvs)).toEqual(['1'])
          await guest.enable()
          await badToken(first.range('a'))
          await guest.login('root', 'guang')
        } finally {
          await fresh.close()
        }
      })

      it('a restart keeps users, roles and that it is on', async (context) => {
        onlyDurable(context, store())
        const fresh = await store().startFresh()
        try {
          await new AuthAdmin(fresh.wire).enableWithRoot('guang')
          await fresh.restart?.()
          await nobody(fresh.wire.range('a'))
          const again = await new AuthAdmin(fresh.wire).login('root', 'guang')
          expect((await new AuthAdmin(again).listUsers()).users).toEqual(['root'])
        } finally {
          await fresh.close()
        }
      })

      it('enabling and disabling count as the contract says', async (context) => {
        notLike34(context, store(), 'authStatus')
        const fresh = await store().startFresh()
        try {
          const first = await new AuthAdmin(fresh.wire).enableWithRoot('guang')
          const before = await new AuthAdmin(first).status()
          expect(before).toMatchObject({ enabled: true, authRevision: 4n })
          await new AuthAdmin(first).grantRole('root', 'root')
          expect((await new AuthAdmin(first).status()).authRevision).toBe(4n)
          await new AuthAdmin(first).disable()
          expect(await new AuthAdmin(fresh.wire).status()).toMatchObject({ enabled: false, authRevision: 5n })
        } finally {
          await fresh.close()
        }
      })
    })
  })
}
