import type { Asker } from '../responder.ts'

export interface AnswerCount {
  readonly transport: Asker['transport']
  /** As in the header of the answer (RFC 1035 4.1.1). */
  readonly code: number
  readonly count: number
}

const codes = 16

/** Counts answers. Adding one costs nothing to speak of. */
export class AnswerCounts {
  readonly #counts = { udp: new Float64Array(codes), tcp: new Float64Array(codes) }

  add<Answer extends Buffer | undefined>(transport: Asker['transport'], answer: Answer): Answer {
    if (answer !== undefined) {
      const code = (answer[3] ?? 0) & 0xf
      const counts = this.#counts[transport]
      counts[code] = (counts[code] ?? 0) + 1
    }
    return answer
  }

  read(): AnswerCount[] {
    const transports = ['udp', 'tcp'] as const
    return transports.flatMap((transport) =>
      [...this.#counts[transport]].flatMap((count, code) => (count > 0 ? { transport, code, count } : [])),
    )
  }
}
