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
  #answered: Buffer = Buffer.alloc(0)
  #unanswered: Buffer = Buffer.alloc(0)

  get length(): number {
    return this.#answered.length + this.#unanswered.length
  }

  /** @param answered whether all that came before it has been answered */
  add(chunk: Buffer, answered: boolean): void {
    if (answered) this.#answered = Buffer.concat([this.#answered, this.#unanswered])
    this.#unanswered = answered ? chunk : Buffer.concat([this.#unanswered, chunk])
  }

  handOver(settingsSent: boolean): Handover {
    const kept: Buffer[] = []
    let settingsAnswered = 0
    let at = Math.min(clientPreface.length, this.#answered.length)
    kept.push(this.#answered.subarray(0, at))
    while (at + frameHeaderBytes <= this.#answered.length) {
      const end = at + frameHeaderBytes + this.#answered.readUIntBE(at, 3)
      if (end > this.#answered.length) break
      const type = this.#answered[at + 3]
      const isAck = ((this.#answered[at + 4] ?? 0) & FrameFlag.ack) !== 0
      if (type === FrameType.settings && !isAck) settingsAnswered += 1
      if (type !== FrameType.ping) kept.push(this.#answered.subarray(at, end))
      at = end
    }
    kept.push(this.#answered.subarray(at))
    return { answered: Buffer.concat(kept), unanswered: this.#unanswered, settingsAnswered, settingsSent }
  }
}
