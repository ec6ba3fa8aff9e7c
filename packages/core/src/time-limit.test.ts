import { describe, expect, it } from 'vitest'
import { Deadline } from './deadline.ts'
import { deferred } from './deferred.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { withTimeLimit } from './time-limit.ts'

describe('withTimeLimit', () => {
  it('settles as the work does and leaves no timer behind', async () => {
    const clock = new FakeClock()
    await expect(withTimeLimit(Promise.resolve(1), { what: 'It', timeoutMs: 10, clock })).resolves.toBe(1)
    const failing = Promise.reject(new Error('its own'))
    await expect(withTimeLimit(failing, { what: 'It', timeoutMs: 10, clock })).rejects.toThrow('its own')
    expect(clock.pendingTimers).toBe(0)
  })

  it('rejects when the time is up; a later failure of the work is dropped', async () => {
    const clock = new FakeClock()
    const work = deferred<void>()
    const limited = withTimeLimit(work.promise, { what: 'The login', timeoutMs: 10, clock })
    const outcome = expect(limited).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: 'The login took longer than 10 ms.',
    })
    await clock.advance(10)
    await outcome
    work.reject(new Error('late'))
    await clock.advance(0)
  })

  it('makes the error that it was given', async () => {
    const clock = new FakeClock()
    const error = new Error('custom')
    const limited = withTimeLimit(new Promise(() => {}), { what: 'It', timeoutMs: 10, clock, error: () => error })
    const outcome = expect(limited).rejects.toBe(error)
    await clock.advance(10)
    await outcome
  })

  it('rejects with `aborted` when the signal fires, also one that fired before', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const options = { what: 'It', timeoutMs: 10, clock, signal: controller.signal }
    const waiting = expect(withTimeLimit(new Promise(() => {}), options)).rejects.toMatchObject({ code: 'aborted' })
    controller.abort()
    await waiting
    await expect(withTimeLimit(new Promise(() => {}), options)).rejects.toMatchObject({ code: 'aborted' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('has no limit when that is infinite', async () => {
    const clock = new FakeClock()
    const work = deferred<number>()
    const limited = withTimeLimit(work.promise, { what: 'It', timeoutMs: Number.POSITIVE_INFINITY, clock })
    expect(clock.pendingTimers).toBe(0)
    work.resolve(1)
    expect(await limited).toBe(1)
  })
})

describe('Deadline', () => {
  it('gives each request the time that is left', async () => {
    const clock = new FakeClock()
    const deadline = new Deadline({ timeoutMs: 1_000, clock })
    await clock.advance(400)
    expect(deadline.call()).toEqual({ signal: undefined, timeoutMs: 600 })
    expect(deadline.write().timeoutMs).toBe(360)
    await clock.advance(600)
    expect(() => deadline.call()).toThrow(expect.objectContaining({ code: 'deadline-exceeded' }))
  })

  it('refuses to begin or go on after its signal', () => {
    const controller = new AbortController()
    const deadline = new Deadline({ signal: controller.signal })
    controller.abort()
    expect(() => deadline.call()).toThrow(expect.objectContaining({ code: 'aborted' }))
    expect(() => new Deadline({ signal: controller.signal })).toThrow(expect.objectContaining({ code: 'aborted' }))
  })
})
