import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { AuthorityFilter } from './authority-filter.ts'

/** A socket whose incoming bytes pass an `AuthorityFilter`. Slower than a bare one, which node reads natively. */
export class FilteredSocket extends Duplex {
  readonly #socket: Socket

  constructor(socket: Socket, filter: AuthorityFilter) {
    super()
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      const passed = filter.filter(chunk)
      if (passed.length > 0 && !this.push(passed)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}
