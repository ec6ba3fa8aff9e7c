import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Listeners } from '@waypost/core'
import type { Instance } from '@waypost/registry'
import { type DecodedPacket, decode, encode, type Packet, type RecordType, streamEncode } from 'dns-packet'
import { afterEach } from 'vitest'
import type { DnsServerOptions } from './dns-options.ts'
import { DnsServer } from './dns-server.ts'
import type { NameSource } from './zone/name-source.ts'

export type GivenInstance = Partial<Instance> & { readonly host: string }

/** Services that a test sets, in place of a registry. */
export class GivenServices implements NameSource {
  readonly #services = new Map<string, readonly Instance[]>()
  readonly #listeners = new Listeners<[services: ReadonlySet<string>]>()
  isReady = true
  revision = 42n
  staleSince: Date | undefined

  constructor(services: Readonly<Record<string, readonly GivenInstance[]>> = {}) {
    for (const [service, instances] of Object.entries(services)) this.set(service, instances)
  }

  get services(): Iterable<string> {
    return this.#services.keys()
  }

  has(service: string): boolean {
    return this.#services.has(service)
  }

  instances(service: string): readonly Instance[] {
    return this.#services.get(service) ?? []
  }

  onChange(listener: (services: ReadonlySet<string>) => void): () => void {
    return this.#listeners.add(listener)
  }

  set(service: string, instances: readonly GivenInstance[]): void {
    this.revision += 1n
    this.#services.set(
      service,
      instances.map((given, index) => instance(service, `${index + 1}`, given)),
    )
    this.#listeners.tell(new Set([service]))
  }

  delete(service: string): void {
    this.revision += 1n
    this.#services.delete(service)
    this.#listeners.tell(new Set([service]))
  }
}

function instance(service: string, id: string, given: GivenInstance): Instance {
  const { host, port = 8080 } = given
  return {
    service,
    id,
    port,
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    scheme: undefined,
    version: undefined,
    zone: undefined,
    weight: 1,
    status: 'up',
    tags: [],
    metadata: {},
    process: undefined,
    registeredAt: undefined,
    key: `/services/${service}/${id}`,
    revision: 1n,
    override: undefined,
    suspect: false,
    ...given,
  }
}

/** Hosts of a network, `10.0.0.1` and so on. */
export function hosts(count: number, given: Partial<Instance> = {}): GivenInstance[] {
  return Array.from({ length: count }, (_, index) => ({ host: `10.0.${index >> 8}.${index & 255}`, ...given }))
}

/** Starts servers that are closed after each test. */
export function dnsServers(): (options: DnsServerOptions) => Promise<DnsServer> {
  const open: DnsServer[] = []
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close()
  })
  return async (options) => {
    const server = await DnsServer.start({ port: 0, ...options })
    open.push(server)
    return server
  }
}

export const name = (below: string): string => `${below}.waypost.internal`

/** Asks over UDP, as bytes. */
export async function askBytes(server: DnsServer, packet: Buffer): Promise<Buffer> {
  const [answer] = await exchange(server, [packet])
  if (answer === undefined) throw new Error('No answer came.')
  return answer
}

/** Whether a packet gets an answer, when another one behind it does. */
export async function isAnswered(server: DnsServer, packet: Buffer): Promise<boolean> {
  const probe = encode({ type: 'query', id: 65_535, questions: [{ type: 'SOA', name: 'waypost.internal' }] })
  const [answer] = await exchange(server, [packet, probe])
  return answer?.readUInt16BE(0) !== 65_535
}

/** Sends packets, and gives what comes back first. */
async function exchange(server: DnsServer, packets: readonly Buffer[]): Promise<readonly Buffer[]> {
  const socket = createSocket('udp4')
  try {
    socket.connect(server.port, server.host)
    await once(socket, 'connect')
    const answered = once(socket, 'message')
    for (const packet of packets) socket.send(packet)
    return (await answered).filter((part): part is Buffer => Buffer.isBuffer(part))
  } finally {
    socket.close()
  }
}

export async function ask(server: DnsServer, packet: Packet): Promise<DecodedPacket> {
  return decode(await askBytes(server, encode({ type: 'query', id: 1, ...packet })))
}

/** What dns-packet calls the types that it knows. */
export type TypeName = 'A' | 'AAAA' | 'SRV' | 'TXT' | 'PTR' | 'SOA' | 'NS' | 'CNAME' | 'ANY' | 'MX' | 'AXFR' | 'CAA'

export function question(below: string, type: TypeName, more: Partial<Packet> = {}): Packet {
  // The library's types leave out ANY, which it writes.
  return { questions: [{ type: type as RecordType, name: below }], ...more }
}

export const opt = (udpPayloadSize = 4_096, more: object = {}) => ({
  type: 'OPT' as const,
  name: '.',
  udpPayloadSize,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
  ...more,
})

/** Asks over TCP, one packet after the other, and gives as many answers. */
export async function askTcp(server: DnsServer, packets: readonly Packet[]): Promise<DecodedPacket[]> {
  const socket = connect({ host: server.host, port: server.port })
  try {
    const framed = packets.map((packet, index) => streamEncode({ type: 'query', id: index + 1, ...packet }))
    socket.write(Buffer.concat(framed))
    return (await readTcp(socket, packets.length)).map((frame) => decode(frame.subarray(2)))
  } finally {
    socket.destroy()
  }
}

export async function askOverTcp(server: DnsServer, packet: Packet): Promise<DecodedPacket> {
  const [answer] = await askTcp(server, [packet])
  if (answer === undefined) throw new Error('No answer came.')
  return answer
}

/** Reads messages with their lengths in front. Fewer, when the other side ends the connection first. */
export async function readTcp(socket: ReturnType<typeof connect>, count: number): Promise<Buffer[]> {
  const frames: Buffer[] = []
  let bytes: Buffer = Buffer.alloc(0)
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
      const end = 2 + bytes.readUInt16BE(0)
      frames.push(bytes.subarray(0, end))
      bytes = bytes.subarray(end)
    }
    if (frames.length >= count) break
  }
  return frames
}

/** `NOERROR`, `NXDOMAIN` and so on. */
export function codeOf(packet: DecodedPacket): string {
  return 'rcode' in packet ? String(packet.rcode) : ''
}

/** The records' data as sorted text. */
export function dataOf(packet: DecodedPacket): string[] {
  return (packet.answers ?? []).map((answer) => ('data' in answer ? text(answer.data) : '')).sort()
}

function text(data: unknown): string {
  if (typeof data === 'string') return data
  if (Array.isArray(data)) return data.map((part) => String(part)).join(' ')
  return JSON.stringify(data)
}
