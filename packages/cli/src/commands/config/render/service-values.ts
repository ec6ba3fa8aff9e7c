import type { TemplateFilter, TemplateSource } from '@waypost/config/render'
import { abortable } from '@waypost/core'
import type { Instance, Registry, ServiceView } from '@waypost/registry'

/** Services for templates: `'user' | instances` are the instances that take traffic, by their ids. */
export class ServiceValues implements TemplateSource {
  readonly filters: Readonly<Record<string, TemplateFilter>>
  readonly #registry: Registry
  readonly #views = new Map<string, Promise<ServiceView>>()
  readonly #listeners = new Set<() => void>()

  constructor(registry: Registry) {
    this.#registry = registry
    this.filters = { instances: (service, _, signal) => this.#instances(service, signal) }
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
    await Promise.all([...this.#views.values()].map((view) => view.then((open) => open.close()).catch(() => {})))
  }

  async #instances(service: string, signal: AbortSignal): Promise<readonly object[]> {
    const view = await abortable(this.#view(service), signal)
    return view.instances
      .filter(({ status }) => status === 'up')
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(shown)
  }

  #view(service: string): Promise<ServiceView> {
    const known = this.#views.get(service)
    if (known) return known
    const view = this.#registry.discover(service, { subscribe: false, timeoutMs: Number.POSITIVE_INFINITY })
    this.#views.set(service, view)
    // One that has failed is opened again when it is asked for again.
    view.then((open) => this.#follow(open)).catch(() => this.#views.delete(service))
    return view
  }

  async #follow(view: ServiceView): Promise<void> {
    for await (const _ of view.changes()) for (const listener of this.#listeners) listener()
  }
}

function shown({ id, host, port, address, scheme, version, zone, weight, tags, metadata }: Instance): object {
  return {
    id,
    host,
    port,
    address,
    scheme: scheme ?? '',
    version: version ?? '',
    zone: zone ?? '',
    weight,
    tags,
    metadata,
  }
}
