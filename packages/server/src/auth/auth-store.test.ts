import { AuthUserAddRequest, Permission, Permission_Type, singleKey } from '@waypost/protocol'
import { describe, expect, it } from 'vitest'
import { type AuthCommand, decodeAuthCommand, encodeAuthCommand } from './auth-command.ts'
import { AuthStore } from './auth-store.ts'

const hashedPassword = Buffer.from('$2a$10$hash').toString('base64')

function addUser(name: string): AuthCommand {
  return { kind: 'userAdd', request: AuthUserAddRequest.create({ name, hashedPassword }) }
}

function grant(name: string, key: string, rangeEnd = '', permType: number = Permission_Type.READ): AuthCommand {
  const perm = Permission.create({ permType, key: Buffer.from(key), rangeEnd: Buffer.from(rangeEnd) })
  return { kind: 'roleGrantPermission', request: { name, perm } }
}

const root: AuthCommand[] = [
  addUser('root'),
  { kind: 'roleAdd', request: { name: 'root' } },
  { kind: 'userGrantRole', request: { user: 'root', role: 'root' } },
  { kind: 'enable', request: {} },
]

const reader: AuthCommand[] = [
  addUser('ann'),
  { kind: 'roleAdd', request: { name: 'reader' } },
  grant('reader', 'b', 'd'),
  grant('reader', 'a'),
  { kind: 'userGrantRole', request: { user: 'ann', role: 'reader' } },
]

/** A store in its state after the commands, with what it asked to be kept. */
function after(...commands: AuthCommand[]) {
  const store = new AuthStore()
  const entries = new Map<string, Uint8Array>()
  const run = (command: AuthCommand): void => {
    for (const { key, value } of store.apply(decodeAuthCommand(encodeAuthCommand(command)))) {
      if (value) entries.set(key, value)
      else entries.delete(key)
    }
  }
  for (const command of commands) run(command)
  return { store, entries, run }
}

describe('the auth store', () => {
  it('is enabled once root exists and has its role', () => {
    const { store, run } = after()
    expect(() => run({ kind: 'enable', request: {} })).toThrow('root user does not exist')
    run(addUser('root'))
    expect(() => run({ kind: 'enable', request: {} })).toThrow('root user does not have root role')
    run({ kind: 'userGrantRole', request: { user: 'root', role: 'root' } })
    run({ kind: 'enable', request: {} })
    expect(store.enabled).toBe(true)
  })

  it('counts its revision from 1, with each change, disabling included, not with enabling or a repeated grant', () => {
    const { store, run } = after()
    expect(store.revision).toBe(1n)
    for (const command of root) run(command)
    expect(store.revision).toBe(4n)
    run({ kind: 'userGrantRole', request: { user: 'root', role: 'root' } })
    run({ kind: 'enable', request: {} })
    expect(store.revision).toBe(4n)
    run({ kind: 'disable', request: {} })
    run({ kind: 'disable', request: {} })
    expect(store.revision).toBe(5n)
  })

  it('keeps root while it is enabled', () => {
    const { run } = after(...root)
    const attacks: AuthCommand[] = [
      { kind: 'userDelete', request: { name: 'root' } },
      { kind: 'roleDelete', request: { role: 'root' } },
      { kind: 'userRevokeRole', request: { name: 'root', role: 'root' } },
    ]
    for (const attack of attacks) expect(() => run(attack)).toThrow('invalid auth management')
    run({ kind: 'disable', request: {} })
    for (const attack of attacks.toReversed()) run(attack)
  })

  it('unites the permissions of roles, and forgets them with the role', () => {
    const { store, run } = after(...reader)
    expect(store.rightsOf('ann').read.covers({ key: Buffer.from('b'), rangeEnd: Buffer.from('d') })).toBe(true)
    expect(store.rightsOf('ann').read.covers(singleKey(Buffer.from('a')))).toBe(true)
    expect(store.rightsOf('ann').write.covers(singleKey(Buffer.from('a')))).toBe(false)
    run(grant('reader', 'a', '', Permission_Type.WRITE))
    expect(store.rightsOf('ann').read.covers(singleKey(Buffer.from('a')))).toBe(false)
    expect(store.rightsOf('ann').write.covers(singleKey(Buffer.from('a')))).toBe(true)
    run({ kind: 'roleDelete', request: { role: 'reader' } })
    expect(store.user('ann')?.roles).toEqual([])
    expect(store.rightsOf('ann').read.covers(singleKey(Buffer.from('b')))).toBe(false)
  })

  it('refuses what is missing, double or empty, and changes nothing then', () => {
    const { store, entries, run } = after(...reader)
    const before = [store.revision, [...entries.keys()]]
    const refusals: [AuthCommand, string][] = [
      [addUser('ann'), 'user name already exists'],
      [addUser(''), 'user name is empty'],
      [{ kind: 'roleAdd', request: { name: 'reader' } }, 'role name already exists'],
      [{ kind: 'roleAdd', request: { name: '' } }, 'role name is empty'],
      [{ kind: 'userDelete', request: { name: 'bob' } }, 'user name not found'],
      [{ kind: 'userGrantRole', request: { user: 'ann', role: 'writer' } }, 'role name not found'],
      [{ kind: 'userRevokeRole', request: { name: 'ann', role: 'writer' } }, 'role is not granted to the user'],
      [{ kind: 'roleDelete', request: { role: 'writer' } }, 'role name not found'],
      [grant('writer', 'a'), 'role name not found'],
      [grant('reader', ''), 'invalid auth management'],
      [grant('reader', 'b', 'a'), 'invalid auth management'],
      [{ kind: 'roleGrantPermission', request: { name: 'reader', perm: undefined } }, 'permission not given'],
      [
        {
          kind: 'roleRevokePermission',
          request: { role: 'reader', key: Buffer.from('b'), rangeEnd: Buffer.from('c') },
        },
        'permission is not granted to the role',
      ],
    ]
    for (const [command, message] of refusals) expect(() => run(command)).toThrow(message)
    expect([store.revision, [...entries.keys()]]).toEqual(before)
  })

  it('voids the logins of a user that is deleted or gets a new password, and all when it is disabled', () => {
    const { store, run } = after(...root, ...reader)
    const voided: (string | undefined)[] = []
    store.onLoginsVoid((user) => voided.push(user))
    run({ kind: 'userChangePassword', request: { name: 'ann', password: '', hashedPassword } })
    run({ kind: 'userDelete', request: { name: 'ann' } })
    run({ kind: 'disable', request: {} })
    expect(voided).toEqual(['ann', 'ann', undefined])
  })

  it('is the same again after its entries were loaded', () => {
    const { store, entries } = after(...root, ...reader, {
      kind: 'roleRevokePermission',
      request: { role: 'reader', key: Buffer.from('a'), rangeEnd: Buffer.alloc(0) },
    })
    const again = new AuthStore()
    for (const [key, value] of entries) again.load(key, value)
    expect(again.enabled).toBe(true)
    expect(again.revision).toBe(store.revision)
    expect(again.userNames).toEqual(['ann', 'root'])
    expect(again.roleNames).toEqual(['reader', 'root'])
    expect(again.user('ann')).toEqual(store.user('ann'))
    expect(again.user('ann')?.passwordHash).toBe('$2a$10$hash')
    expect(again.permissionsOf('reader')?.map(({ key }) => String(key))).toEqual(['b'])
  })
})
