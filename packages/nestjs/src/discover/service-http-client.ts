import { WaypostError } from '@waypost/core'
import type { Registry } from '@waypost/registry'

/** Calls one service over HTTP: balanced, retried where that is safe, and following who comes and goes. */
export class ServiceHttpClient {
  readonly service: string
  readonly #registry: Registry
  #dispatcher: object | undefined

  /** @internal Made by `WaypostModule.forServices`. */
  constructor(registry: Registry, service: string) {
    this.#registry = registry
    this.service = service
  }

  /**
   * Node's `fetch` with a path instead of a URL: `users.fetch('/users/7')`. Fails as `fetch` does, with what Waypost
   * says as the error's `cause`: `no-instance` when nobody can take the call.
   */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    this.#dispatcher ??= this.#isHost
      ? this.#registry.dispatcher()
      : this.#registry.dispatcher({ serviceOf: () => this.service })
    // Node's fetch takes any dispatcher, which its types do not all agree on.
    const options: object = { ...init, dispatcher: this.#dispatcher }
    return fetch(this.#urlOf(path), options)
  }

  /** A path that comes from outside must not lead elsewhere, as `//host/` and `https://host/` would. */
  #urlOf(path: string): URL {
    const base = new URL(`http://${this.#isHost ? this.service : 'service'}/`)
    const url = new URL(path, base)
    if (url.origin === base.origin) return url
    throw new WaypostError(
      'invalid-argument',
      `The client of ${this.service} takes a path such as /users/7, not ${path}, which is an address of ${url.host}.`,
    )
  }

  /** URLs have no capital letters in their hosts: other services need a dispatcher that is told their name. */
  get #isHost(): boolean {
    return /^[a-z0-9-]+$/.test(this.service) && this.service !== 'localhost'
  }
}
