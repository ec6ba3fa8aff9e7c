/** What one client has sent, or begun to, and the server holds in memory: part of an `InputBudget`. */
export interface InputAccount {
  /** Adds the bytes, or takes them back when negative. False: the client holds more than it may. Ignored once closed. */
  add(bytes: number): boolean
  /** Takes back all that is left. */
  close(): void
}

interface Holder {
  heldBytes: number
  isClosed: boolean
  readonly onTooMuch: () => void
}

export interface InputBudgetOptions {
  /** Bytes of all clients together. Default 256 MiB. */
  readonly maxBytes?: number | undefined
  /** Bytes of one client. Default 64 MiB. */
  readonly maxClientBytes?: number | undefined
}

/**
 * Bounds the memory that clients can take up with requests that are not complete, wait, or run. It counts what is
 * allocated, not what was sent. One budget serves all the ways into a server.
 *
 * When all clients together hold too much, the one that holds most is cut off: whoever wants to fill the memory holds
 * more than those who send ordinary requests.
 */
export class InputBudget {
  readonly #maxBytes: number
  readonly #maxClientBytes: number
  readonly #holders = new Set<Holder>()
  #heldBytes = 0

  constructor(options: InputBudgetOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024
    this.#maxClientBytes = options.maxClientBytes ?? 64 * 1024 * 1024
  }

  /** Bytes that all clients hold. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** @param onTooMuch cuts the client off; called when it holds the most while all together hold too much */
  open(onTooMuch: () => void): InputAccount {
    const holder: Holder = { heldBytes: 0, isClosed: false, onTooMuch }
    this.#holders.add(holder)
    return {
      add: (bytes) => {
        if (holder.isClosed) return true
        holder.heldBytes += bytes
        this.#heldBytes += bytes
        if (bytes <= 0) return true
        if (this.#heldBytes > this.#maxBytes) this.#cutLargest()
        return holder.heldBytes <= this.#maxClientBytes
      },
      close: () => {
        if (holder.isClosed) return
        holder.isClosed = true
        this.#holders.delete(holder)
        this.#heldBytes -= holder.heldBytes
      },
    }
  }

  #cutLargest(): void {
    let largest: Holder | undefined
    for (const holder of this.#holders) {
      if (largest === undefined || holder.heldBytes > largest.heldBytes) largest = holder
    }
    largest?.onTooMuch()
  }
}
