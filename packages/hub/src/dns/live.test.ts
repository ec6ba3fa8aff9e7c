import { once } from 'node:events'
import { connect } from 'node:net'
import { FakeClock } from '@waypost/core/testing'
import { until } from '@waypost/testkit'
import { decode, encode } from 'dns-packet'
import { describe, expect, it } from 'vitest'
import {
  ask,
  askTcp,
  codeOf,
  dataOf,
  dnsServers,
  GivenServices,
  hosts,
  name,
  opt,
  question,
} from './dns.test-support.ts'
import { RateLimit } from './serve/rate-limit.ts'

const start = dnsServers()
const web = question(name('web.service'), 'A', { additionals: [opt()] })

describe('what changes', () => {
  it('is in the next answers, of every name of the service', async () => {
    const source = new GivenServices({ web: hosts(1, { tags: ['v1'] }) })
    const server = await start({ source })
    const tagged = question(name('v1.web.service'), 'A')
    expect([dataOf(await ask(server, web)), dataOf(await ask(server, tagged))]).toEqual([['10.0.0.0'], ['10.0.0.0']])
    source.set('web', [{ host: '10.7.7.7' }])
    await until('the new address is given', async () => dataOf(await ask(server, web))[0] === '10.7.7.7')
    expect(codeOf(await ask(server, tagged))).toBe('NXDOMAIN')
    expect(codeOf(await ask(server, question('0.0.0.10.in-addr.arpa', 'PTR')))).toBe('REFUSED')
    source.delete('web')
    await until('the name is gone', async () => codeOf(await ask(server, web)) === 'NXDOMAIN')
  })
})

describe('while the store is away', () => {
  it('gives what it knew last, and marks it for those who can read that (RFC 8914)', async () => {
    const source = new GivenServices({ web: hosts(2) })
    const server = await start({ source })
    source.staleSince = new Date()
    const answer = await ask(server, web)
    expect(dataOf(answer)).toHaveLength(2)
    expect(errorOf(answer)).toBe(3)
    const nothing = await ask(server, question(name('nothing.service'), 'A', { additionals: [opt()] }))
    expect([codeOf(nothing), errorOf(nothing)]).toEqual(['NXDOMAIN', 19])
    source.staleSince = undefined
    expect(errorOf(await ask(server, web))).toBeUndefined()
  })

  it('fails after the time that was set', async () => {
    const clock = new FakeClock()
    const source = new GivenServices({ web: hosts(2) })
    const server = await start({ source, clock, staleLimitMs: 60_000 })
    source.staleSince = new Date(clock.epochMs() - 60_000)
    expect(codeOf(await ask(server, web))).toBe('NOERROR')
    source.staleSince = new Date(clock.epochMs() - 60_001)
    const answer = await ask(server, web)
    expect([codeOf(answer), errorOf(answer)]).toEqual(['SERVFAIL', 22])
    expect(codeOf(await ask(server, question('waypost.internal', 'SOA')))).toBe('NOERROR')
  })

  it('fails, and claims nothing, before the first list', async () => {
    const source = new GivenServices()
    source.isReady = false
    const server = await start({ source })
    const answer = await ask(server, web)
    expect([codeOf(answer), errorOf(answer)]).toEqual(['SERVFAIL', 14])
    source.isReady = true
    source.set('web', hosts(1))
    await until('it answers', async () => codeOf(await ask(server, web)) === 'NOERROR')
  })
})

function errorOf({ additionals = [] }: Awaited<ReturnType<typeof ask>>): number | undefined {
  const [found] = additionals
  const option = found?.type === 'OPT' ? found.options.find(({ code }) => Number(code) === 15) : undefined
  return option && 'data' in option && Buffer.isBuffer(option.data) ? option.data.readUInt16BE(0) : undefined
}

describe('limits', () => {
  it('lets those beyond a rate come back over TCP, and does not count loopback', () => {
    const clock = new FakeClock()
    const limit = new RateLimit(10, clock)
    const taken = Array.from({ length: 14 }, (_, index) => limit.take(`192.0.2.${index}`))
    expect(taken.slice(0, 10)).toEqual(Array(10).fill('answer'))
    expect(taken.slice(10)).toEqual(['truncate', 'drop', 'truncate', 'drop'])
    expect(limit.take('127.0.0.1')).toBe('answer')
    expect(limit.take('2001:db8:1::1')).toBe('answer')
    clock.advanceSync(500)
    expect(Array.from({ length: 6 }, () => limit.take('192.0.2.9'))).toEqual([...Array(5).fill('answer'), 'truncate'])
  })

  it('never sends over UDP more than 1,232 bytes, and little for a question that is refused', async () => {
    const server = await start({ source: new GivenServices({ web: hosts(500) }) })
    const packet = encode({ type: 'query', ...question('example.com', 'ANY') })
    const { length } = encode((await ask(server, question('example.com', 'ANY'))) as never)
    expect(length).toBeLessThanOrEqual(packet.length)
    expect(decode(packet).questions).toHaveLength(1)
  })

  it('ends a connection that asks nothing, and keeps one that does', async () => {
    const clock = new FakeClock()
    const source = new GivenServices({ web: hosts(1) })
    const server = await start({ source, clock })
    const idle = connect({ host: server.host, port: server.port })
    await once(idle, 'connect')
    const ended = once(idle, 'close')
    expect(await askTcp(server, [web])).toHaveLength(1)
    idle.resume()
    for (let seconds = 0; seconds < 15; seconds += 1) await clock.advance(1_000)
    await ended
    expect(await askTcp(server, [web])).toHaveLength(1)
  })
})
