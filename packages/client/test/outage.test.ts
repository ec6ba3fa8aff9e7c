import { EtcdClient, type EtcdLogger } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { describe, expect, it, vi } from 'vitest'

const away = 'http://127.0.0.1:1'

describe('a store that goes away and comes back', () => {
  it('is one line each, with what is gone on with and what changed', async () => {
    const lines: string[] = []
    const logger: EtcdLogger = { debug: () => {}, warn: (line) => void lines.push(line) }
    const first = await startStore()
    const { port, url } = first
    await using client = new EtcdClient({ endpoints: url, logger })
    await client.kv.put('/a', '1')
    await using cache = client.cache({ prefix: '/' })
    await cache.ready
    await first.close()
    await expect.poll(() => lines.length).toBe(1)
    expect(lines[0]).toMatch(
      /^The store is lost: cannot connect to .*ECONNREFUSED.*1 view keeps the last known state\.$/,
    )
    await using _second = await startStore({ port })
    await expect.poll(() => lines.length).toBe(2)
    expect(lines[1]).toMatch(new RegExp(`^The store is back at ${url} after \\d+ s\\. 1 key changed meanwhile\\.$`))
    expect(cache.size).toBe(0)
  })

  it('is said on standard error when no logger is given, and not at all with false', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      await using silent = new EtcdClient({ endpoints: away, logger: false })
      await using client = new EtcdClient({ endpoints: away, instance: 'web-1' })
      silent.cache({ prefix: '/' })
      client.cache({ prefix: '/' })
      await expect
        .poll(() => warn.mock.calls)
        .toEqual([
          [
            expect.stringMatching(
              /^waypost \(web-1-[0-9a-f]{8}\): The store cannot be reached: cannot connect to http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/,
            ),
          ],
        ])
    } finally {
      warn.mockRestore()
    }
  })
})

describe('without a store', () => {
  it.each<[string, (client: EtcdClient) => Promise<unknown>]>([
    ['a read', (client) => client.kv.get('/a')],
    ['a write', (client) => client.kv.put('/a', '1')],
    ['a transaction', (client) => client.txn().commit()],
    ['a lease', (client) => client.leases.grant({ ttlSeconds: 5 })],
    ['a renewal', (client) => client.leases.keepAliveOnce(5n)],
    ['a cache', (client) => client.cache({ prefix: '/' }).ready],
    ['a snapshot', (client) => client.maintenance.snapshot({ timeoutMs: 300 }).next()],
    ['a status', (client) => client.maintenance.status()],
  ])('%s names the address, the reason, and how to start one', async (_what, use) => {
    await using client = new EtcdClient({ endpoints: away, timeoutMs: 300, logger: false })
    await expect(use(client)).rejects.toMatchObject({
      code: 'unavailable',
      endpoint: away,
      message: expect.stringContaining(
        `No store could be reached at ${away}: connect ECONNREFUSED 127.0.0.1:1. \`waypost serve\` starts one.`,
      ),
    })
  })
})
