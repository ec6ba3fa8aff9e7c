import { expect, it } from 'vitest'
import { AuthStore } from './auth-store.ts'
import { Authenticator, type PasswordChecker } from './authenticator.ts'
import { SimpleTokens } from './simple-tokens.ts'

it('checks the password of a user who does not exist, as it takes as long', async () => {
  const checked: (string | undefined)[] = []
  const passwords: PasswordChecker = {
    async verify(_password, user) {
      checked.push(user?.name)
      return false
    },
  }
  const store = new AuthStore()
  store.apply({ kind: 'userAdd', request: { name: 'root', password: '', options: undefined, hashedPassword: '' } })
  store.apply({ kind: 'roleAdd', request: { name: 'root' } })
  store.apply({ kind: 'userGrantRole', request: { user: 'root', role: 'root' } })
  store.apply({ kind: 'enable', request: {} })
  const authenticator = new Authenticator(store, new SimpleTokens(), passwords, () => 1)
  for (const name of ['root', 'nobody'])
    await expect(authenticator.login(name, 'guess')).rejects.toMatchObject({ reason: 'authFailed' })
  expect(checked).toEqual(['root', undefined])
})
