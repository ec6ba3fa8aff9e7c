import { FakeClock } from '@waypost/core/testing'
import { expect, it } from 'vitest'
import { SimpleTokens } from './simple-tokens.ts'

it('a token is sixteen letters, a dot and the index, and different each time', () => {
  const tokens = new SimpleTokens({ clock: new FakeClock() })
  const token = tokens.issue('alice', 42)
  expect(token).toMatch(/^[A-Za-z]{16}\.42$/)
  expect(tokens.issue('alice', 42)).not.toBe(token)
  expect(tokens.identityOf(token)?.user).toBe('alice')
  expect(tokens.identityOf('AAAAAAAAAAAAAAAA.42')?.user).toBeUndefined()
})

it('a token lives 300 s after its last use, and what expired is not kept', async () => {
  const clock = new FakeClock()
  const tokens = new SimpleTokens({ clock })
  const used = tokens.issue('alice', 1)
  const unused = tokens.issue('bob', 2)
  for (let times = 0; times < 3; times++) {
    await clock.advance(299_000)
    expect(tokens.identityOf(used)?.user).toBe('alice')
  }
  expect(tokens.identityOf(unused)?.user).toBeUndefined()
  tokens.issue('carol', 3)
  await clock.advance(300_000)
  expect(tokens.identityOf(used)?.user).toBeUndefined()
  tokens.issue('dave', 4)
  expect(tokens.size).toBe(1)
})

it('tokens of a user, or all, can be voided', () => {
  const tokens = new SimpleTokens({ clock: new FakeClock() })
  const [alice, bob] = [tokens.issue('alice', 1), tokens.issue('bob', 2)]
  tokens.revoke('alice')
  expect([tokens.identityOf(alice)?.user, tokens.identityOf(bob)?.user]).toEqual([undefined, 'bob'])
  tokens.revoke(undefined)
  expect(tokens.identityOf(bob)?.user).toBeUndefined()
})
