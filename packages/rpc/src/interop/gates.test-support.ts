import { type Deferred, deferred } from '@waypost/core'

/** Lets a test hold calls in a server and let them go one by one. */
export class Gates {
  readonly #gates = new Map<string, { arrived: Deferred<void>; released: Deferred<void> }>()

  #gate(name: string) {
    let gate = this.#gates.get(name)
    if (!gate) {
      gate = { arrived: deferred(), released: deferred() }
      this.#gates.set(name, gate)
    }
    return gate
  }

  /** For the server: resolves when the test releases the call. */
  pass(name: string): Promise<void> {
    this.#gate(name).arrived.resolve()
    return this.#gate(name).released.promise
  }

  arrival(name: string): Promise<void> {
    return this.#gate(name).arrived.promise
  }

  release(name: string): void {
    this.#gate(name).released.resolve()
  }
}
