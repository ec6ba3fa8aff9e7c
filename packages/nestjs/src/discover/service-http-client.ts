import type { Registry } from '@waypost/registry'

/** Calls one service over HTTP: balanced, retried where that is safe, and following who comes and goes. */
export class ServiceHttpClient {
  readonly service: string
  readonly #registry: Registry
  #dispatcher: object | undefined

  constructor(registry: Registry, service: string) {
    this.#registry = registry
    this.service = service
  }

  /**
   * Node's `fetch` with a path instead of a URL: `users.fetch('/users/7')`. Fails as `fetch` does, with what Waypost
   * says as the error's `cause`: `no-instance` when nobody can take the call.
   */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    this.#dispatcher ??= this.#isHost
      ? this.#registry.dispatcher()
      : this.#registry.dispatcher({ serviceOf: () => this.service })
    // Node's fetch takes any dispatcher, which its types do not all agree on.
    const options: object = { ...init, dispatcher: this.#dispatcher }
    return fetch(new URL(path, `http://${this.#isHost ? this.service : 'service'}/`), options)
  }

  /** URLs have no capital letters in their hosts: other services need a dispatcher that is told their name. */
  get #isHost(): boolean {
    return /^[a-z0-9-]+$/.test(this.service) && this.service !== 'localhost'
  }
}
