import { ByteQueue } from '@waypost/core'
import { asBuffer } from '../as-buffer.ts'
import { clientPreface, FrameFlag, FrameType, frameHeaderBytes } from './frame.ts'

/** A connection that was given up before anything but settings and pings was said on it. */
export interface Handover {
  /** What was received and has been answered, without the pings. */
  readonly answered: Buffer
  /** What was received after that; if nothing has been answered, all of it. */
  readonly unanswered: Buffer
  /** How many settings of the client have been acknowledged. */
  readonly settingsAnswered: number
  /** Whether settings have been sent. */
  readonly settingsSent: boolean
}

/** The most that is kept of a connection whose first request has not come yet. */
export const maxFirstBytes = 256 * 1024

/** Keeps what a client says before its first request, for the case that another is to serve it. */
export class FirstBytes {
  readonly #answered = new ByteQueue()
  readonly #unanswered = new ByteQueue()

  get length(): number {
    return this.#answered.length + this.#unanswered.length
  }

  /** @param answered whether all that came before it has been answered */
  add(chunk: Buffer, answered: boolean): void {
    if (answered && this.#unanswered.length > 0) {
      this.#answered.push(this.#unanswered.take(this.#unanswered.length))
      this.#answered.own()
    }
    this.#unanswered.push(chunk)
    this.#unanswered.own()
  }

  handOver(settingsSent: boolean): Handover {
    const answered = bufferOf(this.#answered)
    const kept: Buffer[] = []
    let settingsAnswered = 0
    let at = Math.min(clientPreface.length, answered.length)
    kept.push(answered.subarray(0, at))
    while (at + frameHeaderBytes <= answered.length) {
      const end = at + frameHeaderBytes + answered.readUIntBE(at, 3)
      if (end > answered.length) break
      const type = answered[at + 3]
      const isAck = ((answered[at + 4] ?? 0) & FrameFlag.ack) !== 0
      if (type === FrameType.settings && !isAck) settingsAnswered += 1
      if (type !== FrameType.ping) kept.push(answered.subarray(at, end))
      at = end
    }
    kept.push(answered.subarray(at))
    const unanswered = bufferOf(this.#unanswered)
    return { answered: Buffer.concat(kept), unanswered, settingsAnswered, settingsSent }
  }
}

function bufferOf(queue: ByteQueue): Buffer {
  return asBuffer(queue.take(queue.length))
}
