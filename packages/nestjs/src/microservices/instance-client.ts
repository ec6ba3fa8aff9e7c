import { ClientTCP, type ReadPacket, type TcpClientOptions, type WritePacket } from '@nestjs/microservices'

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
