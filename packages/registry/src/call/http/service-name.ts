import type { DispatcherOptions } from './dispatcher-options.ts'

/** The most origins that are remembered, so that a crawler's addresses do not pile up. */
const maxRemembered = 1_000

/** Which service an origin such as `http://user` means. */
export class ServiceNames {
  readonly #serviceOf: (origin: URL) => string | undefined
  readonly #known = new Map<string, string | undefined>()

  constructor({ domain, serviceOf }: Pick<DispatcherOptions, 'domain' | 'serviceOf'>) {
    this.#serviceOf = serviceOf ?? ((origin) => byHost(origin, domain))
  }

  of(origin: string | URL | undefined): string | undefined {
    if (origin === undefined) return undefined
    const text = typeof origin === 'string' ? origin : origin.origin
    const known = this.#known.get(text)
    if (known !== undefined || this.#known.has(text)) return known
    if (this.#known.size >= maxRemembered) this.#known.clear()
    const service = URL.canParse(text) ? this.#serviceOf(new URL(text)) : undefined
    this.#known.set(text, service)
    return service
  }
}

function byHost({ hostname, port }: URL, domain: string | undefined): string | undefined {
  if (port !== '') return undefined
  if (domain === undefined) return /^[^.:[\]]+$/.test(hostname) && hostname !== 'localhost' ? hostname : undefined
  const suffix = `.${domain.toLowerCase()}`
  return hostname.endsWith(suffix) && hostname.length > suffix.length ? hostname.slice(0, -suffix.length) : undefined
}
