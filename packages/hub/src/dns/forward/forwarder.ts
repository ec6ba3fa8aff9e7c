import { type Clock, systemClock } from '@waypost/core'
import { classIn, flag, headerBytes } from '../message/codes.ts'
import { type ForeignAnswer, readForeignAnswer } from '../message/foreign-answer.ts'
import { nameBytes, type WireName } from '../message/name.ts'
import type { Asker } from '../responder.ts'
import { askerBytes, isInSubnet, type Subnet } from '../zone/subnets.ts'
import { askOverTcp, askOverUdp, type Upstream } from './upstream.ts'

/** How long one resolver is waited for, and how many questions wait at a time. */
const tryTimeoutMs = 2_000
const maxWaiting = 1_000

/** Asks other resolvers, one after the other, as the asker asked: its packet goes there and the answer comes back. */
export class Forwarder {
  readonly #upstreams: readonly Upstream[]
  readonly #askers: readonly Subnet[]
  readonly #clock: Clock
  readonly #ending = new AbortController()
  readonly #allowed = new Map<string, boolean>()
  #waiting = 0

  /** @param askers for whom questions are forwarded: an open resolver would serve attacks on others */
  constructor(upstreams: readonly Upstream[], askers: readonly Subnet[], clock: Clock = systemClock) {
    this.#upstreams = upstreams
    this.#askers = askers
    this.#clock = clock
  }

  mayAsk(address: string): boolean {
    if (this.#upstreams.length === 0) return false
    const known = this.#allowed.get(address)
    if (known !== undefined) return known
    const ip = askerBytes(address)
    const isAllowed = ip !== undefined && this.#askers.some((subnet) => isInSubnet(ip, subnet))
    if (this.#allowed.size >= 10_000) this.#allowed.clear()
    this.#allowed.set(address, isAllowed)
    return isAllowed
  }

  /** `undefined` when nobody answers in time, and when too many questions wait. Never rejects. */
  async ask(packet: Buffer, { transport }: Asker): Promise<Buffer | undefined> {
    if (this.#waiting >= maxWaiting) return undefined
    this.#waiting += 1
    try {
      const question = { packet, timeoutMs: tryTimeoutMs, signal: this.#ending.signal }
      for (const upstream of this.#upstreams) {
        if (this.#ending.signal.aborted) return undefined
        const ask = transport === 'tcp' ? askOverTcp : askOverUdp
        const answer = await ask(upstream, question, this.#clock)
        if (answer !== undefined) return answer
      }
      return undefined
    } finally {
      this.#waiting -= 1
    }
  }

  /** The addresses of a name; `undefined` when nobody says, and when too many questions wait. Never rejects. */
  async find(name: WireName, type: number): Promise<ForeignAnswer | undefined> {
    const packet = questionPacket(name, type)
    if (packet === undefined) return undefined
    const overUdp = await this.#found(packet, 'udp')
    return overUdp?.isTruncated ? await this.#found(packet, 'tcp') : overUdp
  }

  async #found(packet: Buffer, transport: Asker['transport']): Promise<ForeignAnswer | undefined> {
    const answer = await this.ask(packet, { address: '', transport })
    return answer && readForeignAnswer(answer)
  }

  close(): void {
    this.#ending.abort()
  }
}

/** A question with RD; its id is set when it is sent. */
function questionPacket(name: WireName, type: number): Buffer | undefined {
  const bytes = nameBytes(name)
  if (bytes === undefined) return undefined
  const packet = Buffer.alloc(headerBytes + bytes.length + 4)
  packet.writeUInt16BE(flag.recursionDesired, 2)
  packet.writeUInt16BE(1, 4)
  bytes.copy(packet, headerBytes)
  packet.writeUInt16BE(type, headerBytes + bytes.length)
  packet.writeUInt16BE(classIn, headerBytes + bytes.length + 2)
  return packet
}
