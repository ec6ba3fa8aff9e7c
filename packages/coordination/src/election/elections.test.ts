import { put } from '@waypost/client'
import { first, until } from '@waypost/testkit'
import { expect, test } from 'vitest'
import { onEachStore } from '../each-store.test-support.ts'

onEachStore('elections', (on) => {
  const candidates = (count: number) =>
    until(`${count} candidates`, async () => (await on().etcd.kv.count({ prefix: 'boss/' })) === BigInt(count))

  test('one leads, the others wait, and resigning hands the lead to the next', async () => {
    const one = on().coordination({ processName: 'one' })
    const leadership = await one.elect('boss')
    expect(await one.leader('boss')).toMatchObject({ value: 'one', token: leadership.token, key: leadership.key })
    const next = on().coordination().elect('boss', { value: 'two' })
    await candidates(2)
    await leadership.resign()
    const second = await next
    expect(second.token).toBeGreaterThan(leadership.token)
    expect(await one.leader('boss')).toMatchObject({ value: 'two' })
    await second.resign()
    expect(await one.leader('boss')).toBeUndefined()
  })

  test('observers see the leader, what it proclaims, who follows, and that nobody leads', async () => {
    const seen = on().coordination().observe('boss')
    expect((await seen.next()).value).toBeUndefined()
    const leadership = await on().coordination().elect('boss', { value: 'a' })
    await first(seen, (leader) => leader?.value === 'a')
    await leadership.proclaim('b')
    expect(leadership.value).toBe('b')
    const { value: proclaimed } = await seen.next()
    expect(proclaimed).toMatchObject({ value: 'b', token: leadership.token })
    const next = on().coordination().elect('boss', { value: 'c' })
    await candidates(2)
    await leadership.resign()
    await first(seen, (leader) => leader?.value === 'c')
    await (await next).resign()
    await first(seen, (leader) => leader === undefined)
    await seen.return?.()
  })

  test('a leader whose place is gone can neither proclaim nor write under guard', async () => {
    const { etcd } = on()
    const leadership = await on().coordination().elect('boss')
    await etcd.kv.delete({ prefix: 'boss/' })
    await expect(leadership.proclaim('x')).rejects.toMatchObject({ code: 'lease-not-found' })
    expect((await leadership.guard(etcd.txn().do(put('v', '1'))).commit()).succeeded).toBe(false)
    await until('The leader hears of it', () => leadership.lost.aborted)
  })

  test('lead stops the work of a leader that lost the lead, and stands again', async () => {
    const { etcd } = on()
    const controller = new AbortController()
    const terms: bigint[] = []
    const reasons: unknown[] = []
    const leading = on()
      .coordination()
      .lead(
        'boss',
        async ({ token, signal, key }) => {
          terms.push(token)
          if (terms.length === 2) return 'done'
          await etcd.leases.revoke(BigInt(`0x${key.slice('boss/'.length)}`))
          await until('The lead is lost', () => signal.aborted)
          throw signal.reason
        },
        { signal: controller.signal, onLost: (reason) => reasons.push(reason) },
      )
    expect(await leading).toBe('done')
    expect(terms[1]).toBeGreaterThan(terms[0] ?? 0n)
    expect(reasons).toMatchObject([{ code: 'lease-not-found' }])
    await candidates(0)
  })

  test('the work of a leader gets its error through, and its signal ends the candidacy', async () => {
    const coordination = on().coordination()
    await expect(coordination.lead('boss', () => Promise.reject(new Error('of the work')))).rejects.toThrow(
      'of the work',
    )
    await using _leadership = await coordination.elect('boss')
    const controller = new AbortController()
    const waiting = on()
      .coordination()
      .lead('boss', () => 1, { signal: controller.signal })
    await candidates(2)
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
    await expect(on().coordination().elect('boss', { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'deadline-exceeded',
    })
    await candidates(1)
  })

  test('drain hands the lead over at once, and stands for no election any more', async () => {
    const one = on().coordination()
    await one.elect('boss')
    const next = on().coordination().elect('boss')
    await candidates(2)
    await one.drain()
    await next
    await expect(one.elect('boss')).rejects.toMatchObject({ code: 'closed' })
  })
})
