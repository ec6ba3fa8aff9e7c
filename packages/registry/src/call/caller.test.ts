import { get } from 'node:http'
import { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Instance } from '../record/instance.ts'
import { Registry } from '../registry.ts'
import type { ServiceCallContext } from './caller.ts'
import { type World, world } from './http-service.test-support.ts'

function ask({ host, port }: Instance, { signal }: ServiceCallContext): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host, port, signal, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.once('end', () => resolve(body)).once('error', reject)
    }).once('error', reject)
  })
}

describe('callFactory', () => {
  let user: World

  beforeEach(async () => {
    user = await world()
  })

  afterEach(async () => {
    await user[Symbol.asyncDispose]()
  })

  it('does the work with an instance', async () => {
    await user.start('a')
    expect(await user.callers.callFactory('user')(ask)).toBe('a')
  })

  it('tries another when one takes no connection, and passes over that from then on', async () => {
    await user.registerDead('dead')
    await user.start('a')
    const tried: string[] = []
    const callUser = user.callers.callFactory('user')
    for (let call = 0; call < 20; call++) {
      const answer = await callUser((instance, context) => {
        tried.push(instance.id)
        return ask(instance, context)
      })
      expect(answer).toBe('a')
    }
    expect(tried.filter((id) => id === 'dead')).toHaveLength(1)
  })

  it('repeats only what is idempotent after a failure', async () => {
    await user.start('a', (asked) => asked.socket.destroy())
    await user.start('b', (asked) => asked.socket.destroy())
    const callUser = user.callers.callFactory('user', { balance: { ejectAfterFailures: 0 } })
    const attempts: number[] = []
    const work = (instance: Instance, context: ServiceCallContext) => {
      attempts.push(context.attempt)
      return ask(instance, context)
    }
    await expect(callUser(work)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(attempts).toEqual([1])
    await expect(callUser(work, { idempotent: true })).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(attempts).toEqual([1, 1, 2])
  })

  it('takes an error of the work itself as it is', async () => {
    await user.start('a')
    const callUser = user.callers.callFactory('user')
    let attempts = 0
    const work = () => {
      attempts += 1
      return Promise.reject(new TypeError('not yours'))
    }
    await expect(callUser(work, { idempotent: true })).rejects.toThrow('not yours')
    expect(attempts).toBe(1)
  })

  it('goes by a classification of the caller', async () => {
    await user.start('a')
    await user.start('b')
    const tried: string[] = []
    const answer = await user.callers.callFactory('user')(
      async ({ id }) => {
        tried.push(id)
        if (tried.length === 1) throw new Error('try the next')
        return id
      },
      { idempotent: true, classify: () => 'failed' },
    )
    expect([...tried].sort()).toEqual(['a', 'b'])
    expect(answer).toBe(tried[1])
  })

  it('keeps to a key', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await user.start(id)
    const callUser = user.callers.callFactory('user', { balance: { algorithm: 'rendezvous' } })
    const ids = new Set<string>()
    for (let call = 0; call < 10; call++) ids.add(await callUser(ask, { key: 'customer-1' }))
    expect(ids.size).toBe(1)
  })

  it('ends when its caller gives up', async () => {
    await user.start('a', () => {})
    const ending = new AbortController()
    const asking = user.callers.callFactory('user')(
      (instance, context) => {
        setImmediate(() => ending.abort())
        return ask(instance, context)
      },
      { signal: ending.signal },
    )
    await expect(asking).rejects.toMatchObject({ code: 'aborted' })
    await expect(user.callers.callFactory('user')(ask, { signal: ending.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
  })

  it('says that there is no instance', async () => {
    const error: unknown = await user.callers
      .callFactory('user')(ask)
      .catch((cause: unknown) => cause)
    expect(WaypostError.is(error, 'no-instance')).toBe(true)
  })

  it('refuses settings that make no sense', () => {
    for (const maxAttempts of [0, 1.5]) {
      expect(() => user.callers.callFactory('user', { retry: { maxAttempts } })).toThrow(/maxAttempts/)
    }
    expect(() => user.callers.callFactory('user', { balance: { panicShare: 2 } })).toThrow(/panicShare/)
    expect(() => user.callers.dispatcher({ balance: { slowStartMs: -1 } })).toThrow(/slowStartMs/)
    expect(() => user.callers.dispatcher({ connectTimeoutMs: -1 })).toThrow(/connectTimeoutMs/)
    expect(() => user.callers.dispatcher({ drainTimeoutMs: Number.NaN })).toThrow(/drainTimeoutMs/)
  })
})

describe('the deadline of a call', () => {
  it.each([
    [true, 'deadline-exceeded'],
    [false, 'outcome-unknown'],
  ])('with idempotent: %s ends it with %s', async (idempotent, code) => {
    const clock = new FakeClock()
    await using user = await world({ clock })
    await user.start('a')
    let begun: (() => void) | undefined
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const asking = user.callers.callFactory('user')(
      () => {
        begun?.()
        return new Promise<never>(() => {})
      },
      { idempotent, timeoutMs: 2_000 },
    )
    const ended = expect(asking).rejects.toMatchObject({ code })
    await isBegun
    await clock.advance(2_000)
    await ended
  })

  it('leaves no doubt when no instance was known yet', async () => {
    await using etcd = new EtcdClient({ endpoints: 'http://127.0.0.1:1' })
    await using away = new Registry(etcd)
    await expect(away.callFactory('user')(ask, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
  })
})
