import { expect, it } from 'vitest'
import { Access } from './access.ts'
import { AuthStore } from './auth-store.ts'

function openStore(): AuthStore {
  const store = new AuthStore()
  store.apply({ kind: 'userAdd', request: { name: 'root', password: '', options: undefined, hashedPassword: '' } })
  store.apply({ kind: 'roleAdd', request: { name: 'root' } })
  store.apply({ kind: 'userGrantRole', request: { user: 'root', role: 'root' } })
  store.apply({ kind: 'enable', request: {} })
  return store
}

it.each([
  ['the rights that count now', 0n, undefined],
  ['rights that have changed since', -1n, 'authOldRevision'],
  ['rights that have not been set yet', 1n, 'invalidAuthToken'],
  ['rights that are never going to be set', 10n ** 15n, 'invalidAuthToken'],
])('a token of %s', (_what, beyond, reason) => {
  const store = openStore()
  const access = new Access(
    store,
    () => ({ user: 'root', revision: store.revision + beyond }),
    () => [],
  )
  const use = () => access.restricted({ metadata: { token: 'x' } })
  if (reason === undefined) expect(use()).toBeUndefined()
  else expect(use).toThrow(expect.objectContaining({ reason }))
})

it('a token of rights that have not been set yet does not serve to administer either', () => {
  const store = openStore()
  const access = new Access(
    store,
    () => ({ user: 'root', revision: store.revision + 1n }),
    () => [],
  )
  expect(() => access.requireAdmin({ metadata: { token: 'x' } })).toThrow(
    expect.objectContaining({ reason: 'invalidAuthToken' }),
  )
})
