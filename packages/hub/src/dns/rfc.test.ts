import { connect } from 'node:net'
import { decode, encode, type Packet } from 'dns-packet'
import { describe, expect, it } from 'vitest'
import {
  ask,
  askBytes,
  askOverTcp,
  askTcp,
  codeOf,
  dataOf,
  dnsServers,
  GivenServices,
  hosts,
  isAnswered,
  name,
  opt,
  question,
  readTcp,
} from './dns.test-support.ts'

const start = dnsServers()

/** A service of each size, one without records, and others that answers differ by. */
function services(): GivenServices {
  return new GivenServices({
    web: hosts(3),
    large: hosts(200),
    huge: hosts(5_000),
    down: [{ host: '10.9.9.9', status: 'starting' }],
    'com.acme.order': hosts(1),
  })
}

const encoded = (packet: Parameters<typeof encode>[0]): Buffer => encode({ type: 'query', id: 7, ...packet })

describe('RFC 1035: messages', () => {
  it('keeps answers over UDP within 512 bytes, and says in TC that there is more', async () => {
    const server = await start({ source: services() })
    const answer = await askBytes(server, encoded(question(name('large.service'), 'A')))
    expect(answer.length).toBeLessThanOrEqual(512)
    expect(decode(answer).flag_tc).toBe(true)
    expect(dataOf(decode(answer)).length).toBeGreaterThan(20)
  })

  it('gives the whole list over TCP', async () => {
    const server = await start({ source: services() })
    const answer = await askOverTcp(server, question(name('large.service'), 'A'))
    expect(dataOf(answer)).toHaveLength(200)
    expect(answer.flag_tc).toBe(false)
  })

  it('says in TC over TCP, too, when a message cannot hold the list', async () => {
    const server = await start({ source: services() })
    const answer = await askOverTcp(server, question(name('huge.service'), 'A'))
    expect(answer.flag_tc).toBe(true)
    expect(dataOf(answer).length).toBeGreaterThan(4_000)
  })

  it('writes the name of the question once, and points at it', async () => {
    const server = await start({ source: services() })
    const answer = await askBytes(server, encoded(question(name('web.service'), 'A')))
    expect(answer.length).toBe(12 + 'web.service.waypost.internal'.length + 2 + 4 + 3 * 16)
  })

  it.each([
    ['a pointer to itself', Buffer.from([0xc0, 12])],
    ['a pointer behind itself', Buffer.from([1, 97, 0xc0, 12])],
    ['a label of 64 bytes', Buffer.concat([Buffer.from([64]), Buffer.alloc(64, 97), Buffer.from([0])])],
    ['a name of 256 bytes', Buffer.concat([...Array<Buffer>(128).fill(Buffer.from([1, 97])), Buffer.from([0])])],
    ['a name that is cut off', Buffer.from([5, 97, 97])],
  ])('calls %s a format error', async (_what, wireName) => {
    const server = await start({ source: services() })
    const packet = Buffer.concat([
      Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      wireName,
      Buffer.from([0, 1, 0, 1]),
    ])
    const answer = await askBytes(server, wireName.length === 3 ? packet.subarray(0, 15) : packet)
    expect(codeOf(decode(answer))).toBe('FORMERR')
    expect(answer.readUInt16BE(0)).toBe(7)
  })
})

describe('RFC 2181: sets of records', () => {
  it('has one TTL for all records of a set, and none of them twice', async () => {
    const twice = [{ host: '10.0.0.1', port: 1 }, { host: '10.0.0.1', port: 2 }, { host: '10.0.0.2' }]
    const server = await start({ source: new GivenServices({ web: twice }), ttlSeconds: 9 })
    const { answers } = await ask(server, question(name('web.service'), 'A'))
    expect(answers?.map((answer) => 'ttl' in answer && answer.ttl)).toEqual([9, 9])
  })

  it('sets TC for records that were asked for, and not for additional ones', async () => {
    const server = await start({ source: new GivenServices({ ten: hosts(8) }) })
    const answer = await ask(server, question(name('ten.service'), 'SRV'))
    expect(answer.answers).toHaveLength(8)
    expect(answer.additionals).toEqual([])
    expect(answer.flag_tc).toBe(false)
  })
})

describe('RFC 2308: negative answers', () => {
  it.each([
    ['a name that is not there', name('nothing.service'), 'A', 'NXDOMAIN'],
    ['a type that is not there', name('web.service'), 'MX', 'NOERROR'],
    ['a service without instances that take traffic', name('down.service'), 'A', 'NOERROR'],
  ] as const)('has SOA for %s, with the TTL of negative answers', async (_what, asked, type, code) => {
    const server = await start({ source: services(), ttlSeconds: 60, negativeTtlSeconds: 3 })
    const answer = await ask(server, question(asked, type))
    expect(codeOf(answer)).toBe(code)
    expect(answer.answers).toEqual([])
    expect(answer.flag_aa).toBe(true)
    expect(answer.authorities).toMatchObject([
      { type: 'SOA', name: 'waypost.internal', ttl: 3, data: { minimum: 3, mname: 'ns1.waypost.internal' } },
    ])
  })
})

describe('RFC 2782: SRV', () => {
  it('has targets with addresses, which are not compressed', async () => {
    const server = await start({ source: services() })
    const packet = encoded(question('_web._tcp.service.waypost.internal', 'SRV', { additionals: [opt()] }))
    const answer = await askBytes(server, packet)
    const { answers = [], additionals = [] } = decode(answer)
    expect(answers).toHaveLength(3)
    const targets = answers.map((one) => (one.type === 'SRV' ? one.data.target : ''))
    const glue = additionals.flatMap((one) => (one.type === 'A' ? one.name : []))
    expect(glue.sort()).toEqual(targets.sort())
    const [target = ''] = targets
    expect(answer.includes(encode({ questions: [{ type: 'A', name: target }] }).subarray(12, -4))).toBe(true)
    for (const one of targets) {
      const address = await ask(server, question(one, 'A'))
      expect(address.answers).toHaveLength(1)
    }
  })

  it('only has SRV at names of the form _service._tcp', async () => {
    const server = await start({ source: services() })
    const answer = await ask(server, question('_web._tcp.service.waypost.internal', 'A'))
    expect([codeOf(answer), answer.answers]).toEqual(['NOERROR', []])
  })
})

describe('RFC 3597 and 4343: unknown types, and case', () => {
  it('answers a type that it does not know with no data', async () => {
    const server = await start({ source: services() })
    const packet = encoded(question(name('web.service'), 'A'))
    packet.writeUInt16BE(65_280, packet.length - 4)
    const answer = await askBytes(server, packet)
    expect(codeOf(decode(answer))).toBe('NOERROR')
    expect(answer.readUInt16BE(6)).toBe(0)
  })

  it('finds a name in any case, and sends the question back as it came', async () => {
    const server = await start({ source: services() })
    const answer = await ask(server, question('wEb.SerVICE.waypost.INTERNAL', 'A'))
    expect(answer.questions?.[0]?.name).toBe('wEb.SerVICE.waypost.INTERNAL')
    expect(dataOf(answer)).toHaveLength(3)
  })
})

describe('RFC 6891: EDNS', () => {
  it('has OPT in the answer if the question has it, and only then', async () => {
    const server = await start({ source: services() })
    const types = async (additionals: object[]) => {
      const answer = await ask(server, question(name('large.service'), 'A', { additionals: additionals as never }))
      return [answer.flag_tc, answer.additionals?.map(({ type }) => type)]
    }
    expect(await types([])).toEqual([true, []])
    expect(await types([opt()])).toEqual([true, ['OPT']])
  })

  it('answers a later version with BADVERS', async () => {
    const server = await start({ source: services() })
    const answer = await ask(
      server,
      question(name('web.service'), 'A', { additionals: [opt(4_096, { ednsVersion: 1 })] }),
    )
    expect(answer.answers).toEqual([])
    expect(answer.additionals).toMatchObject([{ type: 'OPT', extendedRcode: 1, ednsVersion: 0 }])
  })

  it.each([
    ['two OPT records', [opt(), opt()]],
    ['an OPT record that is not of the root', [opt(4_096, { name: 'web' })]],
  ])('calls %s a format error', async (_what, additionals) => {
    const server = await start({ source: services() })
    const packet = encoded(question(name('web.service'), 'A', { additionals: additionals.slice(1) }))
    const [extra] = additionals
    const whole = extra?.name === '.' ? encoded(question(name('web.service'), 'A', { additionals })) : withOpt(packet)
    const answer = await askBytes(server, whole)
    expect(codeOf(decode(answer))).toBe('FORMERR')
  })

  it('takes a size below 512 for 512', async () => {
    const server = await start({ source: services() })
    const answer = await askBytes(server, encoded(question(name('large.service'), 'A', { additionals: [opt(20)] })))
    expect(answer.length).toBeGreaterThan(480)
    expect(answer.length).toBeLessThanOrEqual(512)
  })

  it('sends DO back, and no other flag', async () => {
    const server = await start({ source: services() })
    const answer = await ask(
      server,
      question(name('web.service'), 'A', { additionals: [opt(4_096, { flags: 0xffff })] }),
    )
    expect(answer.additionals).toMatchObject([{ type: 'OPT', flags: 0x8000 }])
  })
})

/** Adds an OPT record whose name is `web`. */
function withOpt(packet: Buffer): Buffer {
  const whole = Buffer.concat([packet, Buffer.from([3, 119, 101, 98, 0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0])])
  whole.writeUInt16BE(1, 10)
  return whole
}

describe('RFC 7766: TCP', () => {
  it('answers many questions on one connection, each with its id', async () => {
    const server = await start({ source: services() })
    const answers = await askTcp(
      server,
      Array.from({ length: 50 }, () => question(name('web.service'), 'A')),
    )
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    for (const answer of answers) expect(dataOf(answer)).toHaveLength(3)
  })

  it('answers a question that comes in single bytes, and after the asker has ended its side', async () => {
    const server = await start({ source: services() })
    const packet = encoded(question(name('web.service'), 'A'))
    const socket = connect({ host: server.host, port: server.port, noDelay: true })
    for (const byte of Buffer.concat([Buffer.from([0, packet.length]), packet])) socket.write(Buffer.from([byte]))
    socket.end()
    const frames = await readTcp(socket, 2)
    expect(frames.map((frame) => dataOf(decode(frame.subarray(2))).length)).toEqual([3])
  })

  it('is not bounded by the size that the asker takes over UDP', async () => {
    const server = await start({ source: services() })
    const answer = await askOverTcp(server, question(name('large.service'), 'A', { additionals: [opt(512)] }))
    expect(dataOf(answer)).toHaveLength(200)
  })
})

it.each([
  ['service', 'RFC 8020: a name that others are below of'],
  ['acme.order.service', 'part of a service name'],
  ['_tcp.service', 'part of an SRV name'],
  ['addr', 'the place of addresses'],
])('RFC 8020: %s is there without data: %s', async (below) => {
  const server = await start({ source: services() })
  const answer = await ask(server, question(name(below), 'A'))
  expect([codeOf(answer), answer.answers]).toEqual(['NOERROR', []])
  const under = await ask(server, question(name(`web.${below === 'service' ? 'nothing' : 'web'}.${below}`), 'A'))
  expect(codeOf(under)).toBe('NXDOMAIN')
})

it('RFC 8482: answers ANY with one small record', async () => {
  const server = await start({ source: services() })
  for (const below of ['large.service.', 'service.', '']) {
    const packet = encoded(question(`${below}waypost.internal`, 'ANY'))
    const answer = await askBytes(server, packet)
    expect(decode(answer).answers).toMatchObject([{ type: 'HINFO', data: { cpu: 'RFC8482', os: '' } }])
    expect(answer.length).toBeLessThan(packet.length + 30)
  }
  expect(codeOf(await ask(server, question(name('nothing.service'), 'ANY')))).toBe('NXDOMAIN')
})

it.each([0, 2, 65_535])('RFC 9619: calls %d questions a format error', async (count) => {
  const server = await start({ source: services() })
  const packet = encoded(question(name('web.service'), 'A'))
  packet.writeUInt16BE(count, 4)
  const answer = await askBytes(server, packet)
  expect(codeOf(decode(answer))).toBe('FORMERR')
})

it.each([1_233, 4_096, 65_535])('RFC 9715: sends at most 1,232 bytes over UDP to one that takes %d', async (size) => {
  const server = await start({ source: services() })
  const answer = await askBytes(server, encoded(question(name('large.service'), 'A', { additionals: [opt(size)] })))
  expect(answer.length).toBeLessThanOrEqual(1_232)
  expect(answer.length).toBeGreaterThan(1_200)
  expect(decode(answer).flag_tc).toBe(true)
})

it('RFC 6762: refuses a domain below .local', async () => {
  const starting = start({ source: services(), domain: 'waypost.local' })
  await expect(starting).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('multicast'),
  })
})

describe('what else a server is asked', () => {
  it.each([1, 2, 4, 5, 6, 15])('answers opcode %d with NOTIMP', async (opcode) => {
    const server = await start({ source: services() })
    const packet = encoded(question(name('web.service'), 'A'))
    packet.writeUInt16BE(opcode << 11, 2)
    const answer = await askBytes(server, packet)
    expect(codeOf(decode(answer))).toBe('NOTIMP')
    expect((answer.readUInt16BE(2) >> 11) & 0xf).toBe(opcode)
  })

  it('refuses names of other zones, other classes, and transfers', async () => {
    const server = await start({ source: services() })
    expect(codeOf(await ask(server, question('example.com', 'A')))).toBe('REFUSED')
    expect(codeOf(await ask(server, question('notwaypost.internal', 'A')))).toBe('REFUSED')
    expect(codeOf(await ask(server, question('waypost.internal', 'AXFR')))).toBe('REFUSED')
    const chaos: Packet = { questions: [{ type: 'TXT', name: name('web.service'), class: 'CH' }] }
    expect(codeOf(await ask(server, chaos))).toBe('REFUSED')
  })

  it('does not answer an answer, or what is shorter than a header', async () => {
    const server = await start({ source: services() })
    const packet = encoded(question(name('web.service'), 'A'))
    packet.writeUInt16BE(0x8000, 2)
    expect(await isAnswered(server, packet)).toBe(false)
    expect(await isAnswered(server, packet.subarray(0, 11))).toBe(false)
    packet.writeUInt16BE(0, 2)
    expect(await isAnswered(server, packet)).toBe(true)
  })

  it('sends RD and CD back, and offers no recursion', async () => {
    const server = await start({ source: services() })
    const packet = encoded(question(name('web.service'), 'A'))
    packet.writeUInt16BE(0x0110, 2)
    expect((await askBytes(server, packet)).readUInt16BE(2)).toBe(0x8510)
    packet.writeUInt16BE(0x0060, 2)
    expect((await askBytes(server, packet)).readUInt16BE(2)).toBe(0x8400)
  })
})
