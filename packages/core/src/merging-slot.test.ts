import { describe, expect, it } from 'vitest'
import { MergingSlot } from './merging-slot.ts'

const sum = (waiting: number, next: number): number | undefined => waiting + next || undefined

describe('MergingSlot', () => {
  it('hands an item straight to a waiting consumer', async () => {
    const slot = new MergingSlot(sum)
    const next = slot.next()
    slot.push(1)
    expect(await next).toEqual({ value: 1, done: false })
  })

  it('merges what was not taken yet', async () => {
    const slot = new MergingSlot(sum)
    slot.push(1)
    slot.push(2)
    slot.push(3)
    expect(await slot.next()).toEqual({ value: 6, done: false })
  })

  it('keeps nothing when two items cancel each other out', async () => {
    const slot = new MergingSlot(sum)
    slot.push(1)
    slot.push(-1)
    slot.end()
    expect(await slot.next()).toEqual({ value: undefined, done: true })
  })

  it('ends after the item that waits, with the error once', async () => {
    const slot = new MergingSlot(sum)
    slot.push(1)
    slot.end(new Error('gone'))
    slot.push(2)
    expect(await slot.next()).toEqual({ value: 1, done: false })
    await expect(slot.next()).rejects.toThrow('gone')
    expect(await slot.next()).toEqual({ value: undefined, done: true })
  })

  it('tells its producer once that the consumer has gone', async () => {
    let returns = 0
    const slot = new MergingSlot(sum, { onReturn: () => (returns += 1) })
    slot.push(1)
    for await (const _ of slot) break
    await slot.return()
    expect(returns).toBe(1)
    expect(slot.ended).toBe(true)
  })
})
