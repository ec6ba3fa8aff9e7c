import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { abortable, anySignal, delay, onAbort, throwIfAborted } from './abort.ts'
import type { Clock } from './clock.ts'
import { deferred } from './deferred.ts'

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length
}

/** A clock whose timers fire when told to. */
function manualClock(): { clock: Clock; fire(): void; pending(): number } {
  const callbacks = new Set<() => void>()
  return {
    clock: {
      monotonicMs: () => 0,
      epochMs: () => 0,
      after(_delayMs, callback) {
        callbacks.add(callback)
        return { cancel: () => callbacks.delete(callback) }
      },
    },
    fire() {
      for (const callback of [...callbacks]) {
        callbacks.delete(callback)
        callback()
      }
    },
    pending: () => callbacks.size,
  }
}

describe('onAbort', () => {
  it('puts one listener on a signal, however many wait, and none when nobody does', () => {
    const { signal } = new AbortController()
    const releases = Array.from({ length: 100 }, () => onAbort(signal, () => {}))
    expect(listeners(signal)).toBe(1)
    for (const release of releases) {
      release()
      release()
    }
    expect(listeners(signal)).toBe(0)
  })

  it('calls each once, but for those that were taken off, also by one before', () => {
    const controller = new AbortController()
    const called: string[] = []
    const twice = (): void => void called.push('twice')
    onAbort(controller.signal, () => {
      called.push('first')
      releaseLast()
    })
    onAbort(controller.signal, twice)
    onAbort(controller.signal, twice)
    const releaseLast = onAbort(controller.signal, () => called.push('last'))
    controller.abort()
    expect(called).toEqual(['first', 'twice', 'twice'])
    onAbort(controller.signal, () => called.push('late'))
    expect(called.at(-1)).toBe('late')
  })
})

describe('abortable', () => {
  it('rejects as soon as the signal fires and hands a late result to discard', async () => {
    const controller = new AbortController()
    const work = deferred<string>()
    const discarded: string[] = []
    const result = abortable(work.promise, controller.signal, (late) => discarded.push(late))
    controller.abort('enough')
    await expect(result).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
    work.resolve('late')
    await work.promise
    expect(discarded).toEqual(['late'])
  })

  it('leaves no listener behind however the work ends', async () => {
    const { signal } = new AbortController()
    await abortable(Promise.resolve(1), signal)
    await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
    expect(listeners(signal)).toBe(0)
  })

  it('does not leave a late failure unhandled', async () => {
    const controller = new AbortController()
    const work = deferred<void>()
    const result = abortable(work.promise, controller.signal)
    controller.abort()
    await expect(result).rejects.toMatchObject({ code: 'aborted' })
    work.reject(new Error('late failure'))
    await expect(work.promise).rejects.toThrow('late failure')
  })
})

describe('delay', () => {
  it('resolves when the clock says so and leaves no listener', async () => {
    const { clock, fire } = manualClock()
    const { signal } = new AbortController()
    const waiting = delay(1000, { clock, signal })
    fire()
    await waiting
    expect(listeners(signal)).toBe(0)
  })

  it('rejects with code aborted and cancels its timer', async () => {
    const { clock, pending } = manualClock()
    const controller = new AbortController()
    const waiting = delay(1000, { clock, signal: controller.signal })
    expect(pending()).toBe(1)
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', retryable: false })
    expect(pending()).toBe(0)
  })

  it('does not start when the signal has fired already', async () => {
    const { clock, pending } = manualClock()
    await expect(delay(1, { clock, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    expect(pending()).toBe(0)
  })
})

describe('onAbort', () => {
  it('calls at once for a signal that has fired, and never after release', () => {
    let calls = 0
    onAbort(AbortSignal.abort(), () => calls++)
    expect(calls).toBe(1)
    const controller = new AbortController()
    const release = onAbort(controller.signal, () => calls++)
    release()
    controller.abort()
    expect(calls).toBe(1)
  })
})

describe('throwIfAborted', () => {
  it('throws only for a signal that has fired', () => {
    throwIfAborted(undefined)
    throwIfAborted(new AbortController().signal)
    expect(() => throwIfAborted(AbortSignal.abort())).toThrow(expect.objectContaining({ code: 'aborted' }))
  })
})

describe('anySignal', () => {
  it('aborts with the first of its signals, and has what it aborted with', () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const any = anySignal([first.signal, second.signal])
    expect(any.aborted).toBe(false)
    second.abort('why')
    expect(any.reason).toBe('why')
    expect(anySignal([first.signal, second.signal]).aborted).toBe(true)
  })

  it('keeps a deadline that nobody else holds', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const fired: string[] = []
    const tell = (name: string, signal: AbortSignal): void => {
      onAbort(signal, () => fired.push(name))
    }
    tell('of one', anySignal([new AbortController().signal, AbortSignal.timeout(50)]))
    tell('of one in another', anySignal([anySignal([AbortSignal.timeout(50)])]))
    const seen = anySignal([AbortSignal.timeout(50)])
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    await expect.poll(() => fired.toSorted()).toEqual(['of one', 'of one in another'])
    await expect.poll(() => seen.aborted).toBe(true)
  })
})
