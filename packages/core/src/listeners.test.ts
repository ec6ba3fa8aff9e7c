import { describe, expect, it, vi } from 'vitest'
import { Listeners } from './listeners.ts'

describe('Listeners', () => {
  it('calls listeners in the order in which they were added', () => {
    const listeners = new Listeners<[value: string]>()
    const calls: string[] = []
    listeners.add((value) => calls.push(`first ${value}`))
    listeners.add((value) => calls.push(`second ${value}`))
    listeners.tell('a')
    expect(calls).toEqual(['first a', 'second a'])
  })

  it('takes the same function twice and removes one of them at a time', () => {
    const listeners = new Listeners()
    const listener = vi.fn()
    const release = listeners.add(listener)
    listeners.add(listener)
    listeners.tell()
    release()
    release()
    listeners.tell()
    expect(listener).toHaveBeenCalledTimes(3)
    expect(listeners.size).toBe(1)
  })

  it('does not call a listener that another one removed or added during the same tell', () => {
    const listeners = new Listeners()
    const calls: string[] = []
    listeners.add(() => {
      calls.push('first')
      release()
      listeners.add(() => calls.push('late'))
    })
    const release = listeners.add(() => calls.push('removed'))
    listeners.tell()
    expect(calls).toEqual(['first'])
  })

  it('calls the others when one throws, and reports the error as uncaught', async () => {
    const uncaught = new Promise((resolve) => {
      const previous = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.once('uncaughtException', (error) => {
        for (const listener of previous) process.on('uncaughtException', listener)
        resolve(error)
      })
    })
    const listeners = new Listeners()
    const other = vi.fn()
    listeners.add(() => {
      throw new Error('from a listener')
    })
    listeners.add(other)
    listeners.tell()
    expect(other).toHaveBeenCalledOnce()
    expect(await uncaught).toEqual(new Error('from a listener'))
  })

  it('has none after clear', () => {
    const listeners = new Listeners()
    const listener = vi.fn()
    listeners.add(listener)
    listeners.clear()
    listeners.tell()
    expect(listener).not.toHaveBeenCalled()
  })
})
