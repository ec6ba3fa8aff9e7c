import type { Asker, Later, Response } from '../responder.ts'

/** What listeners do with the packets that arrive. */
export interface Answers {
  respond(packet: Buffer, asker: Asker): Response
  /** Asks elsewhere. Never rejects; `undefined` when the asker gets no answer. */
  askElsewhere(packet: Buffer, asker: Asker, later: Later): Promise<Buffer | undefined>
  /** Tells to ask again over TCP. */
  truncated(packet: Buffer): Buffer | undefined
}

export interface Bound {
  readonly host: string
  readonly port: number
}
