import type { ClientSession } from '../http2/client-session.ts'
import type { HeaderBlock } from '../http2/header-block.ts'
import type { Http2Stream } from '../http2/stream.ts'
import type { MessageCodec } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { RpcCallOptions } from './call.ts'
import { type CallHost, ClientCall, unreadable } from './client-call.ts'

/** One request, one answer. */
export class ClientUnaryCall<Res> extends ClientCall {
  readonly #frame: Uint8Array
  readonly #codec: Pick<MessageCodec<Res>, 'decode'>
  readonly #resolve: (answer: Res) => void
  readonly #reject: (error: RpcError) => void
  #answer: Uint8Array | undefined

  constructor(
    host: CallHost,
    deadlineMs: number,
    options: RpcCallOptions | undefined,
    frame: Uint8Array,
    codec: Pick<MessageCodec<Res>, 'decode'>,
    resolve: (answer: Res) => void,
    reject: (error: RpcError) => void,
  ) {
    super(host, deadlineMs, options)
    this.#frame = frame
    this.#codec = codec
    this.#resolve = resolve
    this.#reject = reject
  }

  override start(session: ClientSession, block: HeaderBlock): Http2Stream | undefined {
    const stream = super.start(session, block)
    stream?.sendData(this.#frame, true)
    return stream
  }

  protected override onMessageBytes(bytes: Uint8Array): void {
    if (this.#answer === undefined) this.#answer = bytes
    else this.fail(new RpcError(StatusCode.INTERNAL, 'The server answered twice.', { delivery: 'sent' }))
  }

  protected override onFinish(error: RpcError | undefined): void {
    if (error) {
      this.#reject(error)
      return
    }
    if (this.#answer === undefined) {
      this.#reject(new RpcError(StatusCode.INTERNAL, 'The server answered without a message.', { delivery: 'sent' }))
      return
    }
    let answer: Res
    try {
      answer = this.#codec.decode(this.#answer)
    } catch (cause) {
      this.#reject(unreadable(cause))
      return
    }
    this.#resolve(answer)
  }
}
