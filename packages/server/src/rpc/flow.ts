import type { ServerStream } from '@waypost/rpc/server'

/** Lets the sender of a stream wait for its reader. */
export class Flow {
  #wake: () => void = () => {}
  /** The reader is gone. */
  isClosed = false

  constructor(call: Pick<ServerStream<unknown, unknown>, 'onDrain' | 'onClose'>) {
    call.onDrain(() => this.#wake())
    call.onClose(() => {
      this.isClosed = true
      this.#wake()
    })
  }

  /** Resolves when the reader has caught up, or is gone. */
  async room(): Promise<void> {
    if (!this.isClosed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
  }
}
