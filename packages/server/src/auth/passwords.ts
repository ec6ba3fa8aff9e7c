import { type Clock, systemClock, WaypostError } from '@waypost/core'
import { PasswordThreads } from './password-threads.ts'

export interface PasswordOptions {
  /** bcrypt's cost of new hashes, 4 to 31. Default 10. */
  readonly cost?: number | undefined
  readonly clock?: Clock | undefined
}

const defaultCost = 10

/** bcrypt looks at no more, so a longer password would be weaker than it seems. */
const maxPasswordBytes = 72

/** Lines of tasks: users have one each, under a name that cannot be one of these. */
const hashLine = '\0hash'
const nobodyLine = '\0nobody'

export class PasswordTooLongError extends Error {
  override readonly name = 'PasswordTooLongError'

  constructor() {
    super(`bcrypt: password length exceeds ${maxPasswordBytes} bytes`)
  }
}

/** Makes and checks password hashes in threads of their own, so that no other request waits for them. */
export class Passwords {
  readonly #cost: number
  readonly #threads: PasswordThreads

  /** Throws `invalid-argument`. */
  constructor(options: PasswordOptions = {}) {
    const { cost = defaultCost, clock = systemClock } = options
    if (!Number.isInteger(cost) || cost < 4 || cost > 31)
      throw new WaypostError('invalid-argument', `The cost of bcrypt must be from 4 to 31, not ${cost}.`)
    this.#cost = cost
    this.#threads = new PasswordThreads(clock)
  }

  /** The password's hash in the `$2…` form. Throws `PasswordTooLongError`. */
  async hash(password: string): Promise<string> {
    if (Buffer.byteLength(password) > maxPasswordBytes) throw new PasswordTooLongError()
    const hash = await this.#threads.run(hashLine, { kind: 'hash', password, cost: this.#cost })
    if (typeof hash !== 'string') throw new Error('The password could not be hashed.')
    return hash
  }

  /** The hash in base64, as commands carry it. */
  async hashForLog(password: string): Promise<string> {
    return Buffer.from(await this.hash(password), 'latin1').toString('base64')
  }

  /**
   * Whether the password is the user's. Without a user it is not, which takes as long to find out: nobody can tell from
   * the time which users there are.
   *
   * @param signal ends the wait of the caller
   */
  async verify(
    password: string,
    user: { readonly name: string; readonly passwordHash: string } | undefined,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const hash = user?.passwordHash ?? hashOfNothing(this.#cost)
    const fits = await this.#threads.run(user?.name ?? nobodyLine, { kind: 'verify', password, hash }, signal)
    return user !== undefined && fits === true
  }

  /** Idempotent. What waits is refused with `stopped`. */
  close(): Promise<void> {
    return this.#threads.close()
  }
}

/** A hash of the given cost that fits no password. */
function hashOfNothing(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
}
