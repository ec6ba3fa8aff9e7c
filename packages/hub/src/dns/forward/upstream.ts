import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { type Clock, invalidArgument, quoted } from '@waypost/core'
import { ipBytes } from '../message/ip-address.ts'

/** A resolver that other zones' names are asked for at. */
export interface Upstream {
  readonly host: string
  readonly port: number
}

/** Reads `10.0.0.2`, `10.0.0.2:5353` or `[2001:db8::1]:53`. Throws `invalid-argument`. */
export function parseUpstream(text: string): Upstream {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  const plain = text.split(':').length > 2 ? [text, text] : /^([^:]+)(?::(\d+))?$/.exec(text)
  const [, host = '', port = '53'] = bracketed ?? plain ?? []
  const number = Number(port)
  if (ipBytes(host) === undefined || number < 1 || number > 65_535) {
    throw invalidArgument(`An upstream resolver is an address such as 10.0.0.2 or 10.0.0.2:5353, not ${quoted(text)}.`)
  }
  return { host, port: number }
}

export interface Question {
  readonly packet: Buffer
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Asks over UDP, each time from another port and with another id, so that a forged answer has to guess both
 * (RFC 5452). `undefined` when no answer comes in time.
 */
export function askOverUdp({ host, port }: Upstream, question: Question, clock: Clock): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const { packet, timeoutMs, signal } = question
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    const sent = withId(packet)
    const finish = (answer?: Buffer): void => {
      timer.cancel()
      signal.removeEventListener('abort', abort)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.close()
      resolve(answer)
    }
    const abort = (): void => finish()
    const timer = clock.after(timeoutMs, abort)
    signal.addEventListener('abort', abort)
    socket.on('error', abort)
    socket.on('message', (answer) => {
      if (isAnswerTo(sent, answer)) finish(restored(answer, packet))
    })
    // Only what comes from there is received.
    socket.connect(port, host, () => socket.send(sent))
  })
}

/** Asks over TCP. `undefined` when no answer comes in time. */
export function askOverTcp({ host, port }: Upstream, question: Question, clock: Clock): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const { packet, timeoutMs, signal } = question
    const sent = withId(packet)
    const socket = connect({ host, port, noDelay: true })
    let received = Buffer.alloc(0)
    const finish = (answer?: Buffer): void => {
      timer.cancel()
      signal.removeEventListener('abort', abort)
      socket.destroy()
      resolve(answer)
    }
    const abort = (): void => finish()
    const timer = clock.after(timeoutMs, abort)
    signal.addEventListener('abort', abort)
    socket.on('error', abort)
    socket.on('close', abort)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
      const answer = received.subarray(2, 2 + received.readUInt16BE(0))
      finish(isAnswerTo(sent, answer) ? restored(answer, packet) : undefined)
    })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(sent.length, 0)
    socket.write(Buffer.concat([length, sent]))
  })
}

function withId(packet: Buffer): Buffer {
  const copy = Buffer.from(packet)
  copy.writeUInt16BE(randomInt(65_536), 0)
  return copy
}

function restored(answer: Buffer, packet: Buffer): Buffer {
  const copy = Buffer.from(answer)
  packet.copy(copy, 0, 0, 2)
  return copy
}

/** It has the id and the question, byte for byte: also the case of its letters, which a forger would have to guess. */
function isAnswerTo(sent: Buffer, answer: Buffer): boolean {
  if (answer.length < 12 || answer.readUInt16BE(0) !== sent.readUInt16BE(0) || (answer.readUInt8(2) & 0x80) === 0) {
    return false
  }
  // An error may come without the question.
  if (answer.readUInt16BE(4) === 0) return (answer.readUInt8(3) & 0xf) !== 0
  const end = questionEnd(sent)
  return answer.length >= end && answer.compare(sent, 12, end, 12, end) === 0
}

function questionEnd(packet: Buffer): number {
  let at = 12
  while (at < packet.length && packet[at] !== 0) at += 1 + (packet[at] ?? 0)
  return at + 5
}
