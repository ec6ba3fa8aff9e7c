import { expect, it } from 'vitest'
import { AuthStore } from './auth-store.ts'
import { Authenticator, type PasswordChecker } from './authenticator.ts'
import { ProcessLogin } from './process-login.ts'
import { SimpleTokens } from './simple-tokens.ts'

function storeWithRoot(): AuthStore {
  const store = new AuthStore()
  store.apply({ kind: 'userAdd', request: { name: 'root', password: '', options: undefined, hashedPassword: '' } })
  store.apply({ kind: 'roleAdd', request: { name: 'root' } })
  store.apply({ kind: 'userGrantRole', request: { user: 'root', role: 'root' } })
  store.apply({ kind: 'enable', request: {} })
  return store
}

it('checks the password of a user who does not exist, as it takes as long', async () => {
  const checked: (string | undefined)[] = []
  const passwords: PasswordChecker = {
    async verify(_password, user) {
      checked.push(user?.name)
      return false
    },
  }
  const authenticator = new Authenticator({
    store: storeWithRoot(),
    tokens: new SimpleTokens(),
    passwords,
    processLogin: new ProcessLogin(),
    logIndex: () => 1,
  })
  for (const name of ['root', 'nobody'])
    await expect(authenticator.login(name, 'guess')).rejects.toMatchObject({ reason: 'authFailed' })
  expect(checked).toEqual(['root', undefined])
})

it('takes the login of its own process, whatever the password of root is, and of no other process', async () => {
  const processLogin = new ProcessLogin()
  const authenticator = new Authenticator({
    store: storeWithRoot(),
    tokens: new SimpleTokens(),
    passwords: { verify: async () => false },
    processLogin,
    logIndex: () => 1,
  })
  const { username, password } = processLogin.credentials
  expect(await authenticator.login(username, password)).toMatch(/^[A-Za-z]{16}\.1$/)
  for (const [name, guess] of [
    ['ann', password],
    [username, ''],
    [username, new ProcessLogin().credentials.password],
  ] as const) {
    await expect(authenticator.login(name, guess)).rejects.toMatchObject({ reason: 'authFailed' })
  }
})
