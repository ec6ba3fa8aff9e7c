/** Turns messages of one type into bytes and back. */
export interface MessageCodec<T> {
  /**
   * The message as bytes, with `headroomBytes` (default 0) unused bytes in front of it.
   * The transport asks for five and writes its frame header there, so that no message is copied to be framed.
   */
  encode(message: T, headroomBytes?: number): Uint8Array
  /**
   * Throws when the bytes are not such a message.
   * They are a view of a larger receive buffer: what is to be kept for long should be copied.
   */
  decode(bytes: Uint8Array): T
}

export type MethodKind = 'unary' | 'server-stream' | 'client-stream' | 'bidi'

/** One RPC: where it lives and how its messages are written. */
export interface Method<Req, Res> {
  /** `/package.Service/Method`, for example `/etcdserverpb.KV/Range`. */
  readonly path: string
  readonly kind: MethodKind
  readonly request: MessageCodec<Req>
  readonly response: MessageCodec<Res>
}

/** What a client needs of a method. */
export interface ClientMethod<Req, Res> {
  readonly path: string
  readonly request: Pick<MessageCodec<Req>, 'encode'>
  readonly response: Pick<MessageCodec<Res>, 'decode'>
}
