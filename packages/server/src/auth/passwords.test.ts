import { FakeClock } from '@waypost/core/testing'
import { afterEach, expect, it } from 'vitest'
import { Passwords } from './passwords.ts'

const clock = new FakeClock()
const passwords = new Passwords({ cost: 4, clock })

afterEach(() => clock.advance(60_000))

it('a hash fits its password and no other, and is salted', async () => {
  const [first, second] = await Promise.all([passwords.hash('pässword'), passwords.hash('pässword')])
  expect(first).toMatch(/^\$2[aby]\$04\$.{53}$/)
  expect(first).not.toBe(second)
  const [right, wrong, broken] = await Promise.all([
    passwords.verify('pässword', { name: 'ann', passwordHash: first }),
    passwords.verify('password', { name: 'ann', passwordHash: first }),
    passwords.verify('pässword', { name: 'ann', passwordHash: 'no hash' }),
  ])
  expect([right, wrong, broken]).toEqual([true, false, false])
})

it('the thread ends when nobody asks, and comes back', async () => {
  await passwords.hash('a')
  await clock.advance(60_000)
  expect(await passwords.hash('a')).toMatch(/^\$2/)
})

it('a password beyond what bcrypt looks at is refused, not cut', async () => {
  await expect(passwords.hash('x'.repeat(73))).rejects.toThrow('bcrypt: password length exceeds 72 bytes')
})

it('closing refuses what waits and what comes', async () => {
  const closing = new Passwords({ cost: 4, clock })
  const waiting = closing.hash('a')
  const refused = expect(waiting).rejects.toThrow('etcdserver: server stopped')
  await closing.close()
  await closing.close()
  await refused
  await expect(closing.hash('a')).rejects.toThrow('etcdserver: server stopped')
})

it('a login does not wait for those of others, however many they are', async () => {
  const user = (name: string) => ({ name, passwordHash: '' })
  const order: string[] = []
  const login = (name: string): Promise<unknown> =>
    passwords.verify('x', name === 'nobody' ? undefined : user(name)).then(() => order.push(name))
  const burst = [
    ...Array.from({ length: 40 }, () => login('nobody')),
    ...Array.from({ length: 40 }, () => login('ann')),
  ]
  await login('bob')
  expect(order.length).toBeLessThan(10)
  await Promise.all(burst)
})

it('refuses too many tries for one user, and serves the others', async () => {
  const tries = Array.from({ length: 200 }, () => passwords.verify('x', undefined))
  const results = Promise.allSettled(tries)
  expect(await passwords.verify('x', { name: 'ann', passwordHash: '' })).toBe(false)
  const refused = (await results).filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(200 - 128 - 1)
  expect(refused[0]).toMatchObject({ reason: { reason: 'tooManyRequests' } })
})

it('a client that does not wait any more takes up nobody', async () => {
  const controller = new AbortController()
  const tries = Promise.allSettled(
    Array.from({ length: 100 }, () => passwords.verify('x', undefined, controller.signal)),
  )
  controller.abort()
  for (const { status } of await tries) expect(status).toBe('rejected')
})

it.each([3, 32, 4.5, Number.NaN])('refuses the cost %s', (cost) => {
  expect(() => new Passwords({ cost })).toThrow('The cost of bcrypt must be from 4 to 31')
})
