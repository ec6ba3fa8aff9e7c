import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import {
  ask,
  codeOf,
  dataOf,
  dnsServers,
  GivenServices,
  hosts,
  name,
  opt,
  question,
  type TypeName,
} from './dns.test-support.ts'

const start = dnsServers()

async function lookUp(services: ConstructorParameters<typeof GivenServices>[0], asked: string, type: TypeName) {
  const server = await start({ source: new GivenServices(services) })
  const answer = await ask(server, question(asked, type, { additionals: [opt()] }))
  return codeOf(answer) === 'NOERROR' ? dataOf(answer) : codeOf(answer)
}

describe('the names of a service', () => {
  const services = {
    web: [
      { host: '10.0.0.1', tags: ['v1', 'Blue'], zone: 'Z1' },
      { host: '10.0.0.2', tags: ['v2.1'], zone: 'z2' },
      { host: '2001:db8::1', tags: ['v1'], zone: 'z2' },
      { host: '10.0.0.4', status: 'leaving' as const, tags: ['old'] },
      { host: '10.0.0.5', status: 'disabled' as const },
      { host: '10.0.0.6', weight: 0 },
    ],
    Order: hosts(1),
    'com.acme.stock': hosts(2),
    stock: hosts(1, { tags: ['acme'] }),
    订单: [{ host: '10.0.8.1' }],
  }
  it.each([
    ['web.service', 'A', ['10.0.0.1', '10.0.0.2']],
    ['web.service', 'AAAA', ['2001:db8::1']],
    ['v1.web.service', 'A', ['10.0.0.1']],
    ['blue.web.service', 'A', ['10.0.0.1']],
    ['v2.1.web.service', 'A', ['10.0.0.2']],
    ['1.web.service', 'A', []],
    ['old.web.service', 'A', []],
    ['v3.web.service', 'A', 'NXDOMAIN'],
    ['web.service.z1.zone', 'A', ['10.0.0.1']],
    ['v1.web.service.z2.zone', 'AAAA', ['2001:db8::1']],
    ['v1.web.service.z2.zone', 'A', []],
    ['web.service.z3.zone', 'A', 'NXDOMAIN'],
    ['z1.zone', 'A', []],
    ['order.service', 'A', ['10.0.0.0']],
    ['com.acme.stock.service', 'A', ['10.0.0.0', '10.0.0.1']],
    ['acme.stock.service', 'A', ['10.0.0.0']],
    ['_v1._tcp.service', 'SRV', 'NXDOMAIN'],
    ['_com.acme.stock._tcp.service', 'A', []],
    ['xn--4kr132k.service', 'A', ['10.0.8.1']],
    ['web.service.prod.ns', 'A', 'NXDOMAIN'],
    ['web', 'A', 'NXDOMAIN'],
    ['a.b.web.service', 'A', 'NXDOMAIN'],
  ] as const)('%s %s', async (below, type, expected) => {
    expect(await lookUp(services, name(below), type)).toEqual(expected)
  })

  it('takes a tag where the protocol stands', async () => {
    const found = await lookUp(services, name('_web._v1.service'), 'SRV')
    expect(found).toHaveLength(2)
    expect(found.toString()).toContain('0a000001.addr.waypost.internal')
    expect(found.toString()).toContain('20010db8000000000000000000000001.addr.waypost.internal')
    expect(await lookUp(services, name('_web._v9.service'), 'SRV')).toBe('NXDOMAIN')
  })

  it('tells about instances in TXT', async () => {
    expect(await lookUp(services, name('v2.1.web.service'), 'TXT')).toEqual([
      'id=2 address=10.0.0.2:8080 zone=z2 weight=1 tag=v2.1',
    ])
  })

  it('gives one service of two whose names differ in case alone, always the same', async () => {
    const both = { WEB: [{ host: '10.0.0.1' }], web: [{ host: '10.0.0.2' }] }
    expect(await lookUp(both, name('WEB.service'), 'A')).toEqual(['10.0.0.2'])
    const source = new GivenServices(both)
    const server = await start({ source })
    source.delete('web')
    await until('the other is found', async () => {
      return dataOf(await ask(server, question(name('web.service'), 'A')))[0] === '10.0.0.1'
    })
  })

  it('finds namespaces by name', async () => {
    const namespaces = { Prod: new GivenServices({ web: [{ host: '10.2.0.1' }] }) }
    const server = await start({ source: new GivenServices({ web: hosts(1) }), namespaces })
    expect(dataOf(await ask(server, question(name('web.service.prod.ns'), 'A')))).toEqual(['10.2.0.1'])
    expect(dataOf(await ask(server, question('1.0.2.10.in-addr.arpa', 'PTR')))).toEqual([name('web.service.prod.ns')])
    expect(codeOf(await ask(server, question(name('web.service.test.ns'), 'A')))).toBe('NXDOMAIN')
    expect(codeOf(await ask(server, question(name('prod.ns'), 'A')))).toBe('NOERROR')
  })
})

describe('addresses', () => {
  it('finds the services at an address, and the address by its name', async () => {
    const source = new GivenServices({
      web: [{ host: '10.0.0.1' }, { host: '2001:db8::1' }],
      api: [{ host: '10.0.0.1', port: 9 }],
    })
    const server = await start({ source })
    const reverse = await ask(server, question('1.0.0.10.in-addr.arpa', 'PTR'))
    expect(dataOf(reverse)).toEqual([name('api.service'), name('web.service')])
    const nibbles = `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`
    expect(dataOf(await ask(server, question(nibbles, 'PTR')))).toEqual([name('web.service')])
    expect(dataOf(await ask(server, question(name('0a000001.addr'), 'A')))).toEqual(['10.0.0.1'])
    expect(codeOf(await ask(server, question(name('0a000001.addr'), 'AAAA')))).toBe('NOERROR')
    // Names for addresses of nobody would let a page on the internet reach any machine of the network.
    expect(codeOf(await ask(server, question(name('7f000001.addr'), 'A')))).toBe('NXDOMAIN')
    expect(codeOf(await ask(server, question('2.0.0.10.in-addr.arpa', 'PTR')))).toBe('REFUSED')
  })

  it('answers alone for reverse subnets that are its own', async () => {
    const server = await start({ source: new GivenServices({ web: hosts(1) }), reverse: ['10.0.0.0/8'] })
    expect(codeOf(await ask(server, question('9.9.9.10.in-addr.arpa', 'PTR')))).toBe('NXDOMAIN')
    const inBetween = await ask(server, question('0.10.in-addr.arpa', 'PTR'))
    expect([codeOf(inBetween), inBetween.authorities?.map(({ name }) => name)]).toEqual([
      'NOERROR',
      ['10.in-addr.arpa'],
    ])
    expect(dataOf(await ask(server, question('10.in-addr.arpa', 'NS')))).toEqual([name('ns1')])
    expect(codeOf(await ask(server, question('1.0.0.11.in-addr.arpa', 'PTR')))).toBe('REFUSED')
  })

  it('has SOA with the revision and NS with an address', async () => {
    const source = new GivenServices({ web: hosts(1) })
    const server = await start({ source })
    const soa = await ask(server, question('waypost.internal', 'SOA'))
    expect(soa.answers).toMatchObject([{ data: { serial: Number(source.revision), rname: name('hostmaster') } }])
    const ns = await ask(server, question('waypost.internal', 'NS'))
    expect(dataOf(ns)).toEqual([name('ns1')])
    expect(ns.additionals).toMatchObject([{ type: 'A', name: name('ns1'), data: '127.0.0.1' }])
    expect(dataOf(await ask(server, question(name('ns1'), 'A')))).toEqual(['127.0.0.1'])
  })
})

describe('instances whose hosts are names', () => {
  const services = {
    db: [
      { host: 'db1.example.com', weight: 1 },
      { host: 'db2.example.com', weight: 3 },
    ],
  }

  it('are targets of SRV as they are', async () => {
    const found = await lookUp(services, name('db.service'), 'SRV')
    expect(found.toString()).toContain('db1.example.com')
    expect(found).toHaveLength(2)
  })

  it('are one CNAME, by weight, which nobody keeps', async () => {
    const server = await start({ source: new GivenServices(services) })
    const counts: Record<string, number> = {}
    for (let round = 0; round < 200; round += 1) {
      const { answers } = await ask(server, question(name('db.service'), 'A'))
      expect(answers).toMatchObject([{ type: 'CNAME', ttl: 0 }])
      for (const target of dataOf({ answers } as never)) counts[target] = (counts[target] ?? 0) + 1
    }
    expect(counts['db2.example.com']).toBeGreaterThan(110)
    expect(counts['db1.example.com']).toBeGreaterThan(15)
  })

  it('are followed through the names of this server, with SOA where they lead to nothing', async () => {
    const source = new GivenServices({
      web: hosts(3),
      old: [{ host: name('older.service') }],
      older: [{ host: 'WEB.service.waypost.internal' }],
      lost: [{ host: name('nothing.service') }],
      self: [{ host: name('self.service') }],
    })
    const server = await start({ source, ttlSeconds: 9 })
    const found = await ask(server, question(name('old.service'), 'A'))
    expect(found.answers?.map((one) => [one.type, one.name, 'ttl' in one && one.ttl])).toEqual([
      ['CNAME', name('old.service'), 0],
      ['CNAME', name('older.service'), 0],
      ...Array(3).fill(['A', name('web.service'), 9]),
    ])
    const none = await ask(server, question(name('old.service'), 'AAAA'))
    expect([codeOf(none), none.answers?.length, none.authorities?.length]).toEqual(['NOERROR', 2, 1])
    const lost = await ask(server, question(name('lost.service'), 'A'))
    expect([codeOf(lost), lost.answers?.length, lost.authorities?.length]).toEqual(['NXDOMAIN', 1, 1])
    expect((await ask(server, question(name('self.service'), 'A'))).answers).toHaveLength(8)
    expect((await ask(server, question(name('old.service'), 'CNAME'))).answers).toHaveLength(1)
  })

  it('do not hide addresses of others', async () => {
    const mixed = { db: [{ host: 'db1.example.com' }, { host: '10.0.0.1' }] }
    expect(await lookUp(mixed, name('db.service'), 'A')).toEqual(['10.0.0.1'])
    expect(await lookUp(mixed, name('db.service'), 'SRV')).toHaveLength(2)
  })
})

describe('the order of answers', () => {
  it('follows the weights', async () => {
    const source = new GivenServices({ web: [{ host: '10.0.0.1' }, { host: '10.0.0.2', weight: 3 }] })
    const server = await start({ source })
    let heavyFirst = 0
    for (let round = 0; round < 400; round += 1) {
      const { answers = [] } = await ask(server, question(name('web.service'), 'A'))
      const [first] = answers
      if (first?.type === 'A' && first.data === '10.0.0.2') heavyFirst += 1
    }
    expect(heavyFirst).toBeGreaterThan(240)
    expect(heavyFirst).toBeLessThan(360)
  })

  it('is written to SRV in whole numbers', async () => {
    const weights = {
      web: [
        { host: '10.0.0.1', weight: 0.5 },
        { host: '10.0.0.2', weight: 2 },
      ],
    }
    const found = await lookUp(weights, name('web.service'), 'SRV')
    expect(
      [found]
        .flat()
        .map((data) => JSON.parse(data).weight)
        .sort(),
    ).toEqual([200, 50])
  })
})

describe('answers by the zone of the asker', () => {
  const services = {
    web: [
      { host: '10.1.0.1', zone: 'z1' },
      { host: '10.2.0.1', zone: 'z2' },
    ],
    api: [{ host: '10.2.0.9', zone: 'z2' }],
  }
  const zones = { z1: ['127.0.0.0/8', '192.0.2.0/24'], z2: ['198.51.100.0/24'] }

  it('are those of the zone where there are some, for names that ask for it', async () => {
    const server = await start({ source: new GivenServices(services), zones })
    const addresses = async (below: string) => dataOf(await ask(server, question(name(below), 'A')))
    expect(await addresses('web.service.near.zone')).toEqual(['10.1.0.1'])
    expect(await addresses('api.service.near.zone')).toEqual(['10.2.0.9'])
    expect(await addresses('web.service')).toEqual(['10.1.0.1', '10.2.0.1'])
    const srv = dataOf(await ask(server, question(name('web.service.near.zone'), 'SRV')))
    expect(srv.map((data) => [JSON.parse(data).priority, JSON.parse(data).target])).toEqual([
      [1, name('0a010001.addr')],
      [2, name('0a020001.addr')],
    ])
  })

  it('follow the subnet that a resolver sends along (RFC 7871), and say for how much of it they hold', async () => {
    const server = await start({ source: new GivenServices(services), zones })
    const subnet = (ip: string) =>
      opt(1_232, { options: [{ code: 'CLIENT_SUBNET', family: 1, sourcePrefixLength: 28, ip }] })
    const near = question(name('web.service.near.zone'), 'A', { additionals: [subnet('198.51.100.16')] })
    const answer = await ask(server, near)
    expect(dataOf(answer)).toEqual(['10.2.0.1'])
    expect(answer.additionals).toMatchObject([
      { options: [{ code: 8, sourcePrefixLength: 28, scopePrefixLength: 24 }] },
    ])
    const plain = await ask(server, question(name('web.service'), 'A', { additionals: [subnet('198.51.100.16')] }))
    expect(plain.additionals).toMatchObject([{ options: [{ scopePrefixLength: 0 }] }])
  })
})
