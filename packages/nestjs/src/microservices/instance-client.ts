import { ClientTCP, type ReadPacket, type TcpClientOptions, type WritePacket } from '@nestjs/microservices'
import { delay, WaypostError } from '@waypost/core'

export type TcpOptions = Omit<NonNullable<TcpClientOptions['options']>, 'host' | 'port'>

/** Nest's TCP client of one instance, which can be closed when its messages are answered. */
export class InstanceClient extends ClientTCP {
  readonly address: string
  #inFlight = 0
  #isRetired = false

  constructor(options: NonNullable<TcpClientOptions['options']>) {
    super(options)
    this.address = `${options?.host}:${options?.port}`
  }

  /** Connects, unless it is. Nest's client itself waits as long as the system does. */
  async reach(timeoutMs: number): Promise<void> {
    const over = new AbortController()
    const late = delay(timeoutMs, { signal: over.signal }).then(() => {
      throw new WaypostError('deadline-exceeded', `${this.address} took no connection within ${timeoutMs} ms.`)
    })
    try {
      await Promise.race([this.connect(), late])
    } finally {
      over.abort()
    }
  }

  publishPacket(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    return this.publish(packet, callback)
  }

  dispatchPacket<T>(packet: ReadPacket): Promise<T> {
    return this.dispatchEvent(packet)
  }

  enter(): void {
    this.#inFlight += 1
  }

  leave(): void {
    this.#inFlight -= 1
    this.#closeIfOver()
  }

  /** Closes it as soon as nothing is in flight. */
  retire(): void {
    this.#isRetired = true
    this.#closeIfOver()
  }

  #closeIfOver(): void {
    if (this.#isRetired && this.#inFlight === 0) this.close()
  }
}
