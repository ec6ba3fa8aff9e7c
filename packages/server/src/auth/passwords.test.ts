import { FakeClock } from '@waypost/testkit'
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
    passwords.verify('pässword', first),
    passwords.verify('password', first),
    passwords.verify('pässword', 'no hash'),
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
