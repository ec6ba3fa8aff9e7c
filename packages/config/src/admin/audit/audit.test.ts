import { auditChainKey, systemClock } from '@waypost/core'
import { expect, it } from 'vitest'
import { onEachStore } from '../../each-store.test-support.ts'
import { ConfigCenter } from '../config-center.ts'

onEachStore('the audit', (on) => {
  it('is one chain, whoever writes at the same time', async () => {
    const { config, etcd } = on()
    const others = [new ConfigCenter(etcd), new ConfigCenter(etcd)]
    await Promise.all(
      [config, ...others].flatMap((center, who) =>
        [1, 2, 3, 4].map((n) => center.releases.publish(`app${who}/${n}.yaml`, `n: ${n}`, { author: `user ${who}` })),
      ),
    )
    const { chained, end, faults } = await config.audit.verify()
    expect({ chained, sequence: end?.sequence, faults }).toEqual({ chained: 12, sequence: 12, faults: [] })
  })

  it('shows what was deleted, changed, and written beside it', async () => {
    const { config, etcd } = on()
    for (let n = 1; n <= 5; n++)
      await config.releases.publish('a.yaml', `n: ${n}`, { author: 'mei', address: '10.0.0.7' })
    const { entries } = await config.audit.list()
    expect(entries[0]).toMatchObject({ author: 'mei', address: '10.0.0.7', sequence: 5 })
    const keys = (await etcd.kv.list({ prefix: '/waypost/audit/2' }).toArray()).toSorted((a, b) =>
      Number(a.createRevision - b.createRevision),
    )
    const [first, second, , fourth] = keys
    await etcd.kv.delete(second?.key ?? '')
    await etcd.kv.put(fourth?.key ?? '', (fourth?.text() ?? '').replace('mei', 'li'))
    await etcd.kv.put(`${first?.key}x`, '{"at":"2026","action":"publish"}')
    await etcd.kv.put(`${first?.key}y`, 'nonsense')
    const { faults } = await config.audit.verify()
    expect(faults).toMatchObject([
      { kind: 'damaged', key: `${first?.key}y` },
      { kind: 'unchained', key: `${first?.key}x` },
      { kind: 'changed', from: 4 },
      { kind: 'missing', from: 2, to: 2 },
    ])
    await etcd.kv.put(auditChainKey, 'nonsense')
    expect((await config.audit.verify()).faults).toContainEqual(expect.objectContaining({ kind: 'end' }))
    expect(await config.releases.publish('a.yaml', 'n: 6')).toMatchObject({ release: 6 })
    expect((await config.audit.verify()).faults).not.toEqual([])
  })

  it('lets the old go, and still proves what is left', async () => {
    const { config, etcd } = on()
    const at = (date: string) =>
      new ConfigCenter(etcd, { clock: { ...systemClock, epochMs: () => Date.parse(date) } }).releases
    await etcd.kv.put('/waypost/audit/2019-01-01T00:00:00.000Z-0', '{"at":"2019-01-01","action":"publish"}')
    for (const [n, date] of ['2020-01-01', '2020-01-02', '2100-01-01', '2020-01-03', '2100-01-02'].entries()) {
      await at(date).publish('a.yaml', `n: ${n}`)
    }
    expect(await config.audit.verify()).toMatchObject({ chained: 5, older: 1, faults: [] })
    expect(await config.audit.prune(365, { author: 'li' })).toBe(4)
    expect(await config.audit.verify()).toMatchObject({
      chained: 2,
      older: 0,
      pruned: [
        { from: 1, to: 2, by: 'li' },
        { from: 4, to: 4, by: 'li' },
      ],
      faults: [],
    })
    await config.releases.publish('a.yaml', 'n: 9')
    expect(await config.audit.verify()).toMatchObject({ chained: 3, end: { sequence: 6 }, faults: [] })
    expect(await config.audit.prune(0)).toBe(1)
    expect((await config.audit.verify()).faults).toEqual([])
  })
})
