import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { rootName } from './auth-store.ts'

/** A user and a password. */
export interface ProcessCredentials {
  readonly username: string
  readonly password: string
}

/**
 * A second password of the user root, for what runs in the server's own process. It is made at each start, and is
 * nowhere but in this process's memory.
 */
export class ProcessLogin {
  readonly credentials: ProcessCredentials = { username: rootName, password: randomBytes(32).toString('base64url') }
  readonly #digest = digestOf(this.credentials.password)

  fits(name: string, password: string): boolean {
    return name === this.credentials.username && timingSafeEqual(digestOf(password), this.#digest)
  }
}

function digestOf(password: string): Buffer {
  return createHash('sha256').update(password).digest()
}
