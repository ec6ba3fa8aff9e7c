import { StatusCode } from '@waypost/rpc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { text } from '../wire/view.ts'
import { AuthAdmin } from './auth-admin.ts'
import { type ContractStore, type ContractSuite, notLike34 } from './contract-store.ts'
import { currentRevision } from './current-revision.ts'
import { expectRefusal } from './expect-refusal.ts'

const { INVALID_ARGUMENT, FAILED_PRECONDITION, UNKNOWN } = StatusCode

/** Users, roles and permissions as records, on a store of its own where nobody has to log in yet. */
export const authManagementContract: ContractSuite = (store) => {
  describe('Auth: users and roles', () => {
    let own: ContractStore
    let auth: AuthAdmin
    beforeAll(async () => {
      own = await store().startFresh()
      auth = new AuthAdmin(own.wire)
    })
    afterAll(async () => {
      await own?.close()
    })

    it('starts at auth revision 1, off, and rises with each change', async (context) => {
      notLike34(context, store(), 'authStatus')
      expect(await auth.status()).toMatchObject({ enabled: false, authRevision: 1n })
      const changes = [
        () => auth.addUser('riser', 'x'),
        () => auth.addRole('rising'),
        () => auth.grantRole('riser', 'rising'),
        () => auth.grant('rising', 'read', 'a'),
        () => auth.revoke('rising', 'a'),
        () => auth.revokeRole('riser', 'rising'),
        () => auth.changePassword('riser', 'y'),
        () => auth.deleteRole('rising'),
        () => auth.deleteUser('riser'),
      ]
      for (const [index, change] of changes.entries()) {
        await change()
        expect((await auth.status()).authRevision).toBe(BigInt(index + 2))
      }
    })

    it('does not move the revision of the store', async () => {
      const before = await currentRevision(own.wire)
      await auth.addUser('still', 'x')
      await auth.addRole('still')
      await auth.grantRole('still', 'still')
      expect(await currentRevision(own.wire)).toBe(before)
    })

    it('cannot be enabled without user root, and not without its role root', async () => {
      await expectRefusal(auth.enable(), FAILED_PRECONDITION, 'etcdserver: root user does not exist')
      await auth.addUser('root', 'secret')
      await expectRefusal(auth.enable(), FAILED_PRECONDITION, 'etcdserver: root user does not have root role')
      await auth.deleteUser('root')
    })

    it('nobody can log in while it is off', async () => {
      await auth.addUser('early', 'x')
      await expectRefusal(
        auth.authenticate('early', 'x'),
        FAILED_PRECONDITION,
        'etcdserver: authentication is not enabled',
      )
    })

    it('a token means nothing while it is off', async (context) => {
      notLike34(context, store(), 'badToken')
      expect((await own.wire.withToken('nonsense').range('a')).count).toBe(0n)
    })

    it('names must not be empty', async () => {
      await expectRefusal(auth.addUser('', 'x'), INVALID_ARGUMENT, 'etcdserver: user name is empty')
      await expectRefusal(auth.addRole(''), INVALID_ARGUMENT, 'etcdserver: role name is empty')
    })

    it('names are taken once', async () => {
      await auth.addUser('twice', 'x')
      await auth.addRole('twice')
      await expectRefusal(auth.addUser('twice', 'y'), FAILED_PRECONDITION, 'etcdserver: user name already exists')
      await expectRefusal(auth.addRole('twice'), FAILED_PRECONDITION, 'etcdserver: role name already exists')
    })

    it('unknown users and roles are refused everywhere', async () => {
      await auth.addUser('known', 'x')
      await auth.addRole('known')
      const noUser = 'etcdserver: user name not found'
      const noRole = 'etcdserver: role name not found'
      await expectRefusal(auth.getUser('ghost'), FAILED_PRECONDITION, noUser)
      await expectRefusal(auth.deleteUser('ghost'), FAILED_PRECONDITION, noUser)
      await expectRefusal(auth.changePassword('ghost', 'x'), FAILED_PRECONDITION, noUser)
      await expectRefusal(auth.grantRole('ghost', 'known'), FAILED_PRECONDITION, noUser)
      await expectRefusal(auth.revokeRole('ghost', 'known'), FAILED_PRECONDITION, noUser)
      await expectRefusal(auth.grantRole('known', 'ghost'), FAILED_PRECONDITION, noRole)
      await expectRefusal(auth.getRole('ghost'), FAILED_PRECONDITION, noRole)
      await expectRefusal(auth.deleteRole('ghost'), FAILED_PRECONDITION, noRole)
      await expectRefusal(auth.grant('ghost', 'read', 'a'), FAILED_PRECONDITION, noRole)
      await expectRefusal(auth.revoke('ghost', 'a'), FAILED_PRECONDITION, noRole)
    })

    it('users and roles are listed by name', async () => {
      for (const name of ['list-c', 'list-a', 'list-b']) {
        await auth.addUser(name, 'x')
        await auth.addRole(name)
      }
      const ours = (names: string[]): string[] => names.filter((name) => name.startsWith('list-'))
      expect(ours((await auth.listUsers()).users)).toEqual(['list-a', 'list-b', 'list-c'])
      expect(ours((await auth.listRoles()).roles)).toEqual(['list-a', 'list-b', 'list-c'])
      await auth.deleteUser('list-b')
      await auth.deleteRole('list-b')
      expect(ours((await auth.listUsers()).users)).toEqual(['list-a', 'list-c'])
      expect(ours((await auth.listRoles()).roles)).toEqual(['list-a', 'list-c'])
    })

    it('a user holds each role once, and gives it back once', async () => {
      await auth.addUser('holder', 'x')
      for (const role of ['held-b', 'held-a']) await auth.addRole(role)
      for (const role of ['held-b', 'held-a', 'held-b']) await auth.grantRole('holder', role)
      expect((await auth.getUser('holder')).roles).toEqual(['held-a', 'held-b'])
      await auth.revokeRole('holder', 'held-b')
      expect((await auth.getUser('holder')).roles).toEqual(['held-a'])
      await expectRefusal(
        auth.revokeRole('holder', 'held-b'),
        FAILED_PRECONDITION,
        'etcdserver: role is not granted to the user',
      )
    })

    it('a deleted role is taken from its users', async () => {
      await auth.addUser('loser', 'x')
      await auth.addRole('lost')
      await auth.grantRole('loser', 'lost')
      await auth.deleteRole('lost')
      expect((await auth.getUser('loser')).roles).toEqual([])
    })

    it('a role keeps its permissions by key, and a later grant of the same range replaces the type', async () => {
      await auth.addRole('keeper')
      await auth.grant('keeper', 'read', 'b', 'c')
      await auth.grant('keeper', 'write', 'a')
      await auth.grant('keeper', 'readwrite', 'b', 'c')
      await auth.grant('keeper', 'read', 'b')
      const { perm } = await auth.getRole('keeper')
      const shown = perm.map((each) => [each.permType, text(each.key), text(each.rangeEnd)])
      expect(shown).toHaveLength(3)
      expect(shown).toEqual(
        expect.arrayContaining([
          [1, 'a', ''],
          [2, 'b', 'c'],
          [0, 'b', ''],
        ]),
      )
    })

    it('a permission is revoked by its exact range', async () => {
      await auth.addRole('exact')
      await auth.grant('exact', 'read', 'a', 'd')
      const notGranted = 'etcdserver: permission is not granted to the role'
      await expectRefusal(auth.revoke('exact', 'a'), FAILED_PRECONDITION, notGranted)
      await expectRefusal(auth.revoke('exact', 'a', 'c'), FAILED_PRECONDITION, notGranted)
      await auth.revoke('exact', 'a', 'd')
      expect((await auth.getRole('exact')).perm).toEqual([])
      await expectRefusal(auth.revoke('exact', 'a', 'd'), FAILED_PRECONDITION, notGranted)
    })

    it('a permission may be open-ended', async () => {
      await auth.addRole('open')
      await auth.grant('open', 'read', 'b', '\0')
      expect((await auth.getRole('open')).perm.map((perm) => text(perm.rangeEnd))).toEqual(['\0'])
    })

    it('a permission needs a key, and an end above it', async (context) => {
      notLike34(context, store(), 'permissionRange')
      await auth.addRole('narrow')
      const invalid = 'etcdserver: invalid auth management'
      await expectRefusal(auth.grant('narrow', 'read', ''), INVALID_ARGUMENT, invalid)
      await expectRefusal(auth.grant('narrow', 'read', 'b', 'b'), INVALID_ARGUMENT, invalid)
      await expectRefusal(auth.grant('narrow', 'read', 'b', 'a'), INVALID_ARGUMENT, invalid)
    })

    it('a grant of no permission is refused', async (context) => {
      notLike34(context, store(), 'rolePermission')
      await auth.addRole('nothing')
      await expectRefusal(auth.grantNothing('nothing'), INVALID_ARGUMENT, 'etcdserver: permission not given')
    })

    it('a user without password cannot log in with one', async () => {
      const own = await store().startFresh()
      try {
        const admin = new AuthAdmin(own.wire)
        await admin.addUser('nopass', '', { noPassword: true })
        await admin.enableWithRoot('secret')
        await expectRefusal(
          admin.authenticate('nopass', 'x'),
          UNKNOWN,
          'auth: authentication failed, password was given for no password user',
        )
      } finally {
        await own.close()
      }
    })
  })
}
