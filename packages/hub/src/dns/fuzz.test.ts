import { decode, encode } from 'dns-packet'
import { expect, it } from 'vitest'
import { codeOf, GivenServices, hosts, name, opt, question, type TypeName } from './dns.test-support.ts'
import { resolveDnsOptions } from './dns-options.ts'
import { Responder } from './responder.ts'
import { Zone } from './zone/zone.ts'

const isLong = process.env.WAYPOST_LONG !== undefined && process.env.WAYPOST_LONG !== ''
const packets = isLong ? 1_000_000 : 50_000

/** The same numbers at every run of a seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const names = [
  ...['web.service', 'large.service', '_web._tcp.service', 'v1.web.service', 'web.service.z1.zone', 'db.service'],
  ...['web.service.near.zone', 'nothing.service', '0a000001.addr', 'service', 'com.acme.order.service', 'ns1'],
].map(name)
const asked = [...names, 'waypost.internal', '1.0.0.10.in-addr.arpa', '1.0.ip6.arpa', 'example.com', '.']
const types: readonly TypeName[] = ['A', 'AAAA', 'SRV', 'TXT', 'PTR', 'SOA', 'NS', 'CNAME', 'ANY', 'MX', 'AXFR']

it(`answers ${packets} broken and strange packets with whole ones, or not at all`, async () => {
  const seed = Number(process.env.WAYPOST_SEED ?? 1)
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const source = new GivenServices({
    web: hosts(3, { tags: ['v1'], zone: 'z1' }),
    large: hosts(400),
    db: [{ host: 'db.example.com' }],
    'com.acme.order': [{ host: '2001:db8::1' }],
  })
  const settings = resolveDnsOptions({ source, zones: { z1: ['10.0.0.0/8'] }, reverse: ['10.0.0.0/8'] })
  const zone = new Zone(settings, source, new Map())
  await zone.whenRead()
  const mayForward = (): boolean => false
  const responder = new Responder(zone, { ...settings, mayForward, nowMs: () => 0 })

  const make = (): Buffer => {
    const subnet = { code: 'CLIENT_SUBNET', family: 1, sourcePrefixLength: 24, ip: '10.0.0.0' }
    const additionals = random(2) === 0 ? [] : [opt(random(65_536), { options: random(3) === 0 ? [subnet] : [] })]
    const packet = encode({
      type: 'query',
      id: random(65_536),
      flags: random(3) === 0 ? random(0x8000) & 0x87ff : 0x0100,
      ...question(pick(asked), pick(types)),
      additionals,
    })
    const changes = random(6)
    for (let change = 0; change < changes; change += 1) packet[random(packet.length)] = random(256)
    if (random(8) === 0) return packet.subarray(0, random(packet.length + 1))
    return random(16) === 0 ? Buffer.concat([packet, Buffer.alloc(random(600), random(256))]) : packet
  }

  let answered = 0
  for (let count = 0; count < packets; count += 1) {
    const packet = make()
    const transport = random(4) === 0 ? 'tcp' : 'udp'
    const before = Buffer.from(packet)
    const answer = responder.respond(packet, { address: '10.0.0.9', transport })
    const what = `seed ${seed}, packet ${count}: ${before.toString('hex')}`
    if (!packet.equals(before)) throw new Error(`The packet was changed: ${what}`)
    if (answer === 'nothing') continue
    if (!Buffer.isBuffer(answer)) throw new Error(`It is to be forwarded: ${what}`)
    answered += 1
    if (answer.length > (transport === 'udp' ? 1_232 : 65_535)) throw new Error(`The answer is too long: ${what}`)
    if (answer.readUInt16BE(0) !== before.readUInt16BE(0)) throw new Error(`The id differs: ${what}`)
    checkWhole(answer, what)
  }
  zone.close()
  expect(answered).toBeGreaterThan(packets / 2)
})

/** Another codec reads the answer to its last byte. */
function checkWhole(answer: Buffer, what: string): void {
  let read: ReturnType<typeof decode>
  try {
    read = decode(answer)
  } catch (error) {
    throw new Error(`The answer ${answer.toString('hex')} cannot be read: ${what}`, { cause: error })
  }
  if (!read.flag_qr) throw new Error(`The answer is none: ${what}`)
  if (decode.bytes !== answer.length) throw new Error(`The answer has a rest: ${what}`)
  const { answers = [], flag_tc, authorities = [] } = read
  if (answers.length === 0 && !flag_tc && codeOf(read) === 'NXDOMAIN' && authorities.length !== 1) {
    throw new Error(`There is no SOA: ${what}`)
  }
}
