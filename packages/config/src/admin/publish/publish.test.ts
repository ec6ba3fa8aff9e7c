import { randomBytes } from 'node:crypto'
import type { EtcdClient } from '@waypost/client'
import { systemClock } from '@waypost/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ConfigCenter } from '../../admin/config-center.ts'
import { onEachStore } from '../../each-store.test-support.ts'
import { headKey, releaseKey } from '../../records/keys.ts'
import { conflictsOf } from './release-conflict.ts'

const path = 'order/application.yaml'

/** 500 KB. */
const yaml = Array.from({ length: 5_000 }, (_, n) => `key-${n}: ${'配置 '.repeat(12)}${n} # why\n`).join('')

onEachStore('publishing', (on) => {
  let etcd: EtcdClient
  let config: ConfigCenter

  beforeEach(() => {
    ;({ etcd, config } = on())
  })

  it('writes document, head, release and audit in one transaction', async () => {
    const result = await config.releases.publish(path, 'timeout: 30\n', { author: 'mei', comment: 'first' })
    expect(result).toMatchObject({ path, release: 1, unchanged: false })
    const keys = await etcd.kv.list({ all: true }).toArray()
    expect(keys.map(({ key }) => key)).toEqual([
      `/config/${path}`,
      expect.stringMatching(/^\/waypost\/audit\/2/),
      '/waypost/audit/chain',
      headKey(path),
      releaseKey(path, 1),
    ])
    expect(new Set(keys.map(({ modRevision }) => modRevision))).toEqual(new Set([result.revision]))
    expect(await config.get(path)).toBe('timeout: 30\n')
    const { entries } = await config.audit.list()
    expect(entries).toMatchObject([{ author: 'mei', action: 'publish', paths: [path], comment: 'first' }])
  })

  it('is what set and delete do: with checks, policies, author, audit and history', async () => {
    expect(await config.set(path, 'a: 1', { author: 'mei' })).toMatchObject({ release: 1, unchanged: false })
    await expect(config.set(path, 'a: [')).rejects.toMatchObject({ code: 'invalid-document' })
    await expect(config.set(path, 'a: 2', { expectedRelease: 0 })).rejects.toMatchObject({ code: 'conflict' })
    expect(await config.delete(path, { author: 'li' })).toMatchObject({ release: 2, unchanged: false })
    expect(await config.delete(path)).toMatchObject({ release: 2, unchanged: true })
    expect((await config.releases.history(path)).releases).toMatchObject([
      { release: 2, kind: 'delete', author: 'li' },
      { release: 1, kind: 'publish', author: 'mei' },
    ])
    await config.policies.set('order/', { approvals: 1 }, { evenIfUnknown: true })
    await expect(config.set(path, 'a: 3')).rejects.toMatchObject({ code: 'failed-precondition' })
  })

  it('reads again when the store is compacted between its reads', async () => {
    await config.documents.putRaw(path, 'a: 1')
    const { revision } = await config.documents.putRaw(path, 'a: 2')
    await etcd.kv.compact(revision)
    const list = etcd.kv.list.bind(etcd.kv)
    let compacted = 0
    const spy = vi.spyOn(etcd.kv, 'list').mockImplementation((range, options) => {
      const isPinned = options?.revision !== undefined && compacted++ === 0
      return list(range, isPinned ? { ...options, revision: 1n } : options)
    })
    try {
      expect(await config.releases.publish(path, 'a: 3')).toMatchObject({ release: 2 })
    } finally {
      spy.mockRestore()
    }
    expect(compacted).toBeGreaterThan(1)
  })

  it('is not what raw writes do, and the next release records these', async () => {
    await config.documents.putRaw(path, 'a: [')
    expect(Buffer.from((await config.documents.getRaw(path)) ?? '').toString()).toBe('a: [')
    expect(await config.releases.history(path)).toMatchObject({ releases: [], changedByHand: true })
    await config.set(path, 'a: 1')
    expect((await config.releases.history(path)).releases).toMatchObject([{ kind: 'publish' }, { kind: 'external' }])
    expect(await config.documents.deleteRaw(path)).toBe(true)
    expect(await config.documents.deleteRaw(path)).toBe(false)
  })

  it('keeps every kind of line end and Unicode, in the document and in the history', async () => {
    const texts = ['a\r\nb\rc\n\n', '\uFEFFmarked', '配置 🚀 \u2028 \0', '', ' \t ', 'x\u0085y\n'.repeat(3_000)]
    for (const text of texts) await config.releases.publish('notes.txt', text)
    for (const [index, text] of texts.entries()) {
      expect((await config.releases.get('notes.txt', index + 1)).bytes).toEqual(Buffer.from(text))
    }
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    await config.releases.publish('logo.bin', bytes)
    expect((await config.releases.get('logo.bin', 1)).bytes).toEqual(Buffer.from(bytes))
  })

  it('makes no release of an unchanged document', async () => {
    await config.releases.publish(path, 'a: 1')
    expect(await config.releases.publish(path, 'a: 1')).toMatchObject({ release: 1, unchanged: true })
    expect((await config.releases.history(path)).releases).toHaveLength(1)
  })

  it('compares and sets: of two publishers one hears of a conflict, with both sides and a merge', async () => {
    const base = 'host: a\nport: 1\nname: x\nretries: 3\n'
    await config.releases.publish(path, base, { expectedRelease: 0 })
    await config.releases.publish(path, base.replace('host: a', 'host: b'), { expectedRelease: 1, author: 'mei' })
    const yours = base.replace('retries: 3', 'retries: 5')
    const error = await config.releases.publish(path, yours, { expectedRelease: 1 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining('release 2 (publish by mei)') })
    const [conflict] = conflictsOf(error)
    expect(conflict).toMatchObject({
      path,
      expectedRelease: 1,
      currentRelease: 2,
      base: Buffer.from(base),
      yours: Buffer.from(yours),
      theirs: Buffer.from(base.replace('host: a', 'host: b')),
      merged: { clean: true, text: 'host: b\nport: 1\nname: x\nretries: 5\n' },
    })
    expect(await config.get(path)).toBe(base.replace('host: a', 'host: b'))
    expect(await config.releases.publish(path, conflict?.merged?.text ?? '', { expectedRelease: 2 })).toMatchObject({
      release: 3,
    })
  })

  it('lets many publish at once, and numbers their releases without a gap', async () => {
    const authors = Array.from({ length: 8 }, (_, n) => `author-${n}`)
    const results = await Promise.all(
      authors.map((author, n) => config.releases.publish(path, `n: ${n}`, { author, timeoutMs: 20_000 })),
    )
    expect(results.map(({ release }) => release).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const { releases, current } = await config.releases.history(path)
    expect(current).toBe(8)
    const last = releases[0]?.author
    expect(await config.get(path)).toBe(`n: ${authors.indexOf(last ?? '')}`)
  })

  it('publishes several documents in one release, or none', async () => {
    await config.releases.publish('a.yaml', 'a: 1')
    await config.releases.publish('gone.yaml', 'a: 1')
    const bundle = await config.releases.publishAll(
      [
        { path: 'a.yaml', content: 'a: 2', expectedRelease: 1 },
        { path: 'b.json', content: '{"b": 1}', expectedRelease: 0 },
        { path: 'gone.yaml', delete: true },
      ],
      { author: 'mei' },
    )
    expect(bundle.releases.map(({ release }) => release)).toEqual([2, 1, 2])
    expect((await etcd.kv.get('/config/a.yaml'))?.modRevision).toBe(bundle.revision)
    expect((await etcd.kv.get('/config/b.json'))?.modRevision).toBe(bundle.revision)
    expect(await config.get('gone.yaml')).toBeUndefined()
    expect((await config.releases.get('b.json', 1)).bundle).toBe(bundle.bundle)

    const failing = config.releases.publishAll([
      { path: 'a.yaml', content: 'a: 3' },
      { path: 'b.json', content: '{"b": 2}', expectedRelease: 7 },
    ])
    await expect(failing).rejects.toMatchObject({ code: 'conflict' })
    expect(await config.get('a.yaml')).toBe('a: 2')
  })

  it('publishes as many documents at once as a transaction takes, and says so beyond', async () => {
    const changes = Array.from({ length: 43 }, (_, n) => ({ path: `many/${n}.yaml`, content: `n: ${n}` }))
    await expect(config.releases.publishAll(changes)).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('at most 42'),
    })
    const { releases } = await config.releases.publishAll(changes.slice(1))
    expect(releases).toHaveLength(42)
  })

  it.each<[string, string, Uint8Array]>([
    ['that packs well', 'large.yaml', Buffer.from(yaml)],
    ['of random bytes', 'large.bin', Buffer.concat([randomBytes(499_999), Buffer.of(0)])],
    ['of random control characters', 'large.txt', randomBytes(500_000).map((byte) => byte & 31)],
  ])('takes a large document %s all the way', async (_, name, bytes) => {
    const same = async (): Promise<boolean> => Buffer.compare((await config.getBytes(name)) ?? Buffer.of(), bytes) === 0
    const user = { author: 'mei' }
    await config.releases.publish(name, bytes)
    expect(await same()).toBe(true)
    const second = Buffer.from(bytes)
    second.write('#', second.length - 1)
    const rule = { percent: 100 }
    await config.canaries.create(name, { name: 'second', rule, content: second })
    await config.canaries.create(name, { name: 'third', rule, content: bytes })
    expect((await config.releases.publish(name, second, { dryRun: true })).documents).toMatchObject([
      { unchanged: false },
    ])
    await config.canaries.abort(name, 'third')
    await config.canaries.promote(name, 'second')
    expect(await same()).toBe(false)
    await config.drafts.save(name, bytes, user)
    await config.drafts.submit(name, user)
    await config.drafts.publish(name)
    expect(await same()).toBe(true)
    await config.releases.unpublish(name)
    await config.releases.rollback(name, 3)
    expect(await same()).toBe(true)
    const tree = new Map([...(await config.documents.export()), ['other', second]])
    await config.releases.unpublish(name)
    await config.documents.import(tree)
    expect(await same()).toBe(true)
    expect((await config.releases.history(name)).releases).toHaveLength(7)
    expect((await etcd.kv.get(releaseKey(name, 1)))?.bytes.length).toBeLessThan(
      name === 'large.yaml' ? 100_000 : 700_000,
    )
    expect(second.equals((await config.releases.get(name, 2)).bytes ?? Buffer.of())).toBe(true)
  })

  it('refuses what would not fit into a transaction, before anything is written', async () => {
    const bytes = randomBytes(700_000)
    const refusal = { code: 'too-large', message: expect.stringMatching(/^large\.bin has 700000 .* may have 614400/) }
    await expect(config.releases.publish('large.bin', bytes)).rejects.toMatchObject(refusal)
    await expect(config.releases.publish('large.bin', bytes, { dryRun: true })).rejects.toMatchObject(refusal)
    await expect(config.drafts.save('large.bin', bytes, { author: 'mei' })).rejects.toMatchObject(refusal)
    const canary = { name: 'a', rule: { percent: 1 }, content: bytes }
    await expect(config.canaries.create('large.bin', canary)).rejects.toMatchObject(refusal)
    const tree = new Map([
      ['small', Buffer.of(1)],
      ['large.bin', bytes],
    ])
    await expect(config.documents.import(tree)).rejects.toMatchObject(refusal)
    const halves = ['a', 'b'].map((name) => ({ path: name, content: bytes.subarray(0, 400_000) }))
    await expect(config.releases.publishAll(halves)).rejects.toMatchObject({ code: 'too-large' })
    expect(await etcd.kv.count({ all: true })).toBe(0n)
    await config.documents.import(new Map(halves.map((half) => [half.path, half.content])))
    await config.releases.publish('packs.txt', 'x'.repeat(1024 * 1024))
  })

  it('records what was written by hand, however large it is', async () => {
    await etcd.kv.put('/config/a.bin', randomBytes(1_200_000))
    expect(await config.releases.publish('a.bin', 'small')).toMatchObject({ release: 2 })
    await expect(config.releases.get('a.bin', 1)).rejects.toMatchObject({ code: 'not-found' })
    expect((await config.releases.history('a.bin')).releases[1]).toMatchObject({ kind: 'external', size: 1_200_000 })
  })

  it.each([
    ['a.yaml', 'a: [1', 'a.yaml:1:'],
    ['a.json', '{"a": tru}', 'a.json:1:7'],
    ['a.toml', 'a = ', 'a.toml:1:'],
  ])('refuses %s when it does not parse, and says where', async (name, text, place) => {
    await expect(config.releases.publish(name, text)).rejects.toMatchObject({
      code: 'invalid-document',
      message: expect.stringContaining(place),
    })
    expect(await etcd.kv.count({ all: true })).toBe(0n)
    await config.releases.publish(name, text, { validate: 'none' })
    expect(await config.get(name)).toBe(text)
  })

  it('refuses bad input before anything is read', async () => {
    await expect(config.releases.publish('/a', 'x')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(config.releases.publish('a', '\ud800')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(config.releases.publish('a', 'x', { expectedRelease: -1 })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    await expect(config.releases.publish('a', Buffer.alloc(1024 * 1024 + 1))).rejects.toMatchObject({
      code: 'too-large',
    })
    await expect(config.releases.publishAll([])).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(
      config.releases.publishAll([
        { path: 'a', content: '1' },
        { path: 'a', content: '2' },
      ]),
    ).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('twice') })
  })

  describe('the history', () => {
    it('tells who released what, newest first, page by page', async () => {
      for (let n = 1; n <= 5; n++) await config.releases.publish(path, `n: ${n}`, { author: `author-${n}` })
      // A document in a folder of the same name has releases of its own.
      await config.releases.publish(`${path}/0000000003`, 'other')
      const first = await config.releases.history(path, { limit: 2 })
      expect(first).toMatchObject({ current: 5, changedByHand: false, damaged: [] })
      expect(first.releases.map(({ release, author }) => [release, author])).toEqual([
        [5, 'author-5'],
        [4, 'author-4'],
      ])
      const rest = await config.releases.history(path, { before: 4 })
      expect(rest.releases.map(({ release }) => release)).toEqual([3, 2, 1])
    })

    it('shows what lies between two releases, without encrypted values', async () => {
      await config.releases.publish(path, 'db:\n  host: a\n  password: "{cipher}k1:AAAA"\n')
      await config.releases.publish(path, 'db:\n  host: b\n  password: "{cipher}k1:BBBB"\n')
      const { patch, changes } = await config.releases.diff(path, 1, 2)
      expect(patch).toContain('-  host: a\n')
      expect(patch).toContain('+  host: b\n')
      expect(patch).toMatch(/\+ {2}password: "\{cipher\}<redacted [0-9a-f]{6}>"/)
      expect(`${patch}${JSON.stringify(changes)}`).not.toMatch(/AAAA|BBBB/)
      expect(changes?.[0]).toEqual({ keyPath: ['db', 'host'], from: 'a', to: 'b' })
      expect((await config.releases.diff(path, 0, 1)).patch).toContain('+  host: a')
    })

    it('goes back to an old release by a new one, also of a deleted document', async () => {
      await config.releases.publish(path, 'n: 1')
      await config.releases.publish(path, 'n: 2')
      expect(await config.releases.rollback(path, 1, { author: 'mei' })).toMatchObject({ release: 3 })
      expect(await config.get(path)).toBe('n: 1')
      expect(await config.releases.get(path, 3)).toMatchObject({ kind: 'rollback', restores: 1, author: 'mei' })

      await config.releases.unpublish(path, { expectedRelease: 3 })
      expect(await config.get(path)).toBeUndefined()
      expect(await config.releases.get(path, 4)).toMatchObject({ kind: 'delete', deleted: true, bytes: undefined })
      await config.releases.rollback(path, 2)
      expect(await config.get(path)).toBe('n: 2')
      await expect(config.releases.rollback(path, 9)).rejects.toMatchObject({ code: 'not-found' })
    })

    it('keeps the given number of releases', async () => {
      const frugal = new ConfigCenter(etcd, { retention: { releases: 5 } })
      for (let n = 1; n <= 16; n++) await frugal.releases.publish(path, `n: ${n}`)
      expect((await frugal.releases.history(path)).releases.map(({ release }) => release)).toEqual([16, 15, 14, 13, 12])
      expect(await frugal.releases.prune(path, { releases: 1 })).toBe(4)
      expect(await frugal.releases.prune(path, { releases: 0, maxAgeDays: 0 })).toBe(0)
      expect(await config.releases.publish(path, 'n: 17')).toMatchObject({ release: 17 })
    })

    it('lets releases go by their age', async () => {
      let nowMs = Date.UTC(2024, 0, 1)
      const clock = { monotonicMs: () => performance.now(), epochMs: () => nowMs, after: systemClock.after }
      const aging = new ConfigCenter(etcd, { clock, retention: { maxAgeDays: 30 } })
      await aging.releases.publish(path, 'n: 1')
      nowMs += 29 * 86_400_000
      await aging.releases.publish(path, 'n: 2')
      expect(await aging.releases.prune(path)).toBe(0)
      nowMs += 2 * 86_400_000
      expect(await aging.releases.prune(path)).toBe(1)
      nowMs += 90 * 86_400_000
      expect(await aging.releases.prune(path)).toBe(0)
    })

    it('reports damaged records and goes on without them', async () => {
      for (let n = 1; n <= 3; n++) await config.releases.publish(path, `n: ${n}`)
      await etcd.kv.put(releaseKey(path, 2), '{"release": "two"}')
      const history = await config.releases.history(path)
      expect(history.releases.map(({ release }) => release)).toEqual([3, 1])
      expect(history.damaged).toEqual([{ key: releaseKey(path, 2), reason: expect.stringContaining('"release"') }])
      await expect(config.releases.get(path, 2)).rejects.toMatchObject({ code: 'data-loss' })
      expect(await config.get(path)).toBe('n: 3')
      expect(await config.releases.publish(path, 'n: 4', { expectedRelease: 3 })).toMatchObject({ release: 4 })
    })

    it.each([
      ['damaged', (key: string) => etcd.kv.put(key, 'nonsense')],
      ['deleted', (key: string) => etcd.kv.delete(key)],
      ['put back to an old one', (key: string) => etcd.kv.put(key, '{"release":1,"kind":"publish","at":"2024"}')],
    ])('goes on from the releases when the head was %s', async (_, harm) => {
      for (let n = 1; n <= 3; n++) await config.releases.publish(path, `n: ${n}`)
      await harm(headKey(path))
      expect(await config.releases.publish(path, 'n: 4')).toMatchObject({ release: expect.any(Number) })
      const { releases, damaged } = await config.releases.history(path)
      expect(damaged).toEqual([])
      expect((await config.releases.get(path, releases[0]?.release ?? 0)).bytes).toEqual(Buffer.from('n: 4'))
      for (const n of [1, 2, 3]) expect((await config.releases.get(path, n)).bytes).toEqual(Buffer.from(`n: ${n}`))
    })

    it('does not care whose clock is wrong', async () => {
      const late = { ...systemClock, epochMs: () => Date.UTC(2040, 0, 1) }
      const early = { ...systemClock, epochMs: () => Date.UTC(2000, 0, 1) }
      await new ConfigCenter(etcd, { clock: late }).releases.publish(path, 'n: 1')
      await new ConfigCenter(etcd, { clock: early }).releases.publish(path, 'n: 2', { expectedRelease: 1 })
      await new ConfigCenter(etcd, { clock: late }).releases.publish(path, 'n: 3', { expectedRelease: 2 })
      expect((await config.releases.history(path)).releases.map(({ release }) => release)).toEqual([3, 2, 1])
      const { entries } = await config.audit.list()
      expect(entries.map(({ revision }) => revision)).toEqual(
        entries.map(({ revision }) => revision).toSorted((a, b) => Number(b - a)),
      )
      expect(await config.audit.list({ before: entries[0]?.revision, limit: 1 })).toMatchObject({
        entries: [entries[1]],
      })
      expect(await config.audit.prune(365)).toBe(1)
      expect((await config.audit.list()).entries).toHaveLength(2)
    })
  })

  describe('what is done by hand', () => {
    it('becomes a release of its own, before the next one', async () => {
      await config.releases.publish(path, 'n: 1')
      await etcd.kv.put(`/config/${path}`, 'n: by hand')
      expect(await config.releases.history(path)).toMatchObject({ current: 1, changedByHand: true })
      await expect(config.releases.publish(path, 'n: 2', { expectedRelease: 1 })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('release 2 (external)'),
      })
      expect(await config.releases.get(path, 2)).toMatchObject({ kind: 'external', bytes: Buffer.from('n: by hand') })
      expect(await config.releases.publish(path, 'n: 3', { expectedRelease: 2 })).toMatchObject({ release: 3 })
    })

    it('is recorded when a document is deleted, or was there before', async () => {
      await etcd.kv.put('/config/old.yaml', 'n: 0')
      expect(await config.releases.publish('old.yaml', 'n: 1')).toMatchObject({ release: 2 })
      await etcd.kv.delete('/config/old.yaml')
      expect(await config.releases.recordExternal('old.yaml')).toBe(true)
      expect(await config.releases.get('old.yaml', 3)).toMatchObject({ kind: 'external', deleted: true })
      expect(await config.releases.recordExternal('old.yaml')).toBe(false)
    })

    it('is recorded once by however many notice', async () => {
      await config.releases.publish(path, 'n: 1')
      await etcd.kv.put(`/config/${path}`, 'n: by hand')
      const recorded = await Promise.all(Array.from({ length: 6 }, () => config.releases.recordExternal(path)))
      expect(recorded.filter(Boolean)).toHaveLength(1)
      expect((await config.releases.history(path)).releases.map(({ kind }) => kind)).toEqual(['external', 'publish'])
    })
  })

  describe('stored schemas', () => {
    const schema = {
      type: 'object',
      properties: { timeout: { type: 'integer', minimum: 1 }, mode: { enum: ['fast', 'safe'] } },
      required: ['timeout'],
    }

    it('are checked at publish, with line and column', async () => {
      await config.schemas.set('order/', schema)
      const refused = config.releases.publish(path, 'mode: slow\ntimeout: soon\n')
      await expect(refused).rejects.toMatchObject({
        code: 'invalid-document',
        message: expect.stringMatching(
          /order\/application\.yaml:2:1: timeout: must be integer[\s\S]*:1:1: mode: must be equal/,
        ),
      })
      await config.releases.publish(path, 'timeout: ${base.timeout:3}\n')
      await config.releases.publish('other/application.yaml', 'timeout: soon\n')
      await config.schemas.set(path, { type: 'object' })
      await config.releases.publish(path, 'timeout: soon\n')
      expect(await config.schemas.list()).toEqual(['order/', path])
      expect(await config.schemas.find('order/x.yaml')).toEqual({ scope: 'order/', schema })
      expect(await config.schemas.delete(path)).toBe(true)
      expect(await config.schemas.delete(path)).toBe(false)
      expect(await config.schemas.get(path)).toBeUndefined()
    })

    it('must be JSON Schemas', async () => {
      await expect(config.schemas.set('a', { type: 'whole number' })).rejects.toMatchObject({
        code: 'invalid-argument',
      })
      await config.schemas.set('a.yaml', { $schema: 'http://json-schema.org/draft-07/schema#', required: ['b'] })
      await expect(config.releases.publish('a.yaml', 'a: 1')).rejects.toMatchObject({
        message: expect.stringContaining("'b'"),
      })
    })
  })
})
