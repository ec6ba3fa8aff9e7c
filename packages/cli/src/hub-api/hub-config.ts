import type {
  Authorship,
  CanaryProposal,
  CreateCanaryOptions,
  DocumentChange,
  Draft,
  DraftOptions,
  PublishAllOptions,
  PublishedRelease,
  PublishOptions,
  SaveDraftOptions,
} from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { CanaryFacts, ConfigWriter } from './config-writer.ts'
import type { HubApi, HubRequest } from './hub-api.ts'

type Query = NonNullable<HubRequest['query']>

/** Lets a hub change the configuration: it asks the store whether the user may, and writes. */
export class HubConfig implements ConfigWriter {
  readonly #api: HubApi
  readonly #author: string | undefined

  /** @param author in whose name, if the command line says so */
  constructor(api: HubApi, author: string | undefined) {
    this.#api = api
    this.#author = author
  }

  async publishAll(
    changes: readonly DocumentChange[],
    { validate, bypassApproval, ...signed }: PublishAllOptions,
  ): Promise<readonly PublishedRelease[]> {
    const body = { changes: changes.map(changeJson), validate, bypassApproval, ...(await this.#signature(signed)) }
    const { releases } = Object(await this.#api.ask('POST', '/v1/config/releases', { body }))
    if (!Array.isArray(releases)) throw this.#notAHub()
    return releases.map(readRelease)
  }

  async rollback(path: string, release: number, { expectedRelease, validate, ...signed }: PublishOptions) {
    return readRelease(await this.#change('POST', path, '/rollback', { release, expectedRelease, validate }, signed))
  }

  readonly drafts: ConfigWriter['drafts'] = {
    save: async (path, content, { base, revision, ...signed }: SaveDraftOptions) => {
      const proposed = content === undefined ? { delete: true } : contentJson(content)
      const body = { ...proposed, base, revision: digits(revision) }
      return readDraft(await this.#change('PUT', path, '/draft', body, signed))
    },
    submit: (path, options) => this.#draftStep('submit', path, options),
    approve: (path, options) => this.#draftStep('approve', path, options),
    reject: (path, options) => this.#draftStep('reject', path, options),
    discard: async (path, { revision, ...signed }) => {
      const query: Query = { revision: digits(revision), ...(await this.#signature(signed)) }
      await this.#api.ask('DELETE', `${documentAddress(path)}/draft`, { query })
    },
    publish: async (path, { revision, validate, bypassApproval, ...signed } = {}) => {
      const body = { revision: digits(revision), validate, bypassApproval }
      return readRelease(await this.#change('POST', path, '/draft/publish', body, signed))
    },
  }

  readonly canaries: ConfigWriter['canaries'] = {
    create: async (path, options: CreateCanaryOptions) => {
      const { evenIfUnknown, validate, bypassApproval, timeoutMs: _, signal: __, ...proposal } = options
      const body = { ...proposalJson(proposal), evenIfUnknown, validate, bypassApproval }
      return readCanary(await this.#change('POST', path, '/canaries', body, options))
    },
    raise: async (path, name, percent, { validate, ...signed } = {}) =>
      readCanary(await this.#change('POST', path, `${canaryAddress(name)}/raise`, { percent, validate }, signed)),
    promote: async (path, name, { expectedRelease, validate, ...signed } = {}) => {
      const body = { expectedRelease, validate }
      return readRelease(await this.#change('POST', path, `${canaryAddress(name)}/promote`, body, signed))
    },
    abort: async (path, name, signed = {}) => {
      const query: Query = { ...(await this.#signature(signed)) }
      await this.#api.ask('DELETE', documentAddress(path) + canaryAddress(name), { query })
    },
  }

  readonly policies: ConfigWriter['policies'] = {
    set: async (scope, { approvals, approvers }, { evenIfUnknown, ...signed } = {}) => {
      const body = { approvals, approvers, evenIfUnknown, ...(await this.#signature(signed)) }
      await this.#api.ask('PUT', '/v1/config/policy', { query: { scope }, body })
    },
    delete: (scope, signed = {}) => this.#deleteRule('/v1/config/policy', scope, signed),
  }

  readonly schemas: ConfigWriter['schemas'] = {
    set: async (scope, schema, signed = {}) => {
      await this.#api.ask('PUT', '/v1/config/schema', {
        query: { scope },
        body: { schema, ...(await this.#signature(signed)) },
      })
    },
    delete: (scope, signed = {}) => this.#deleteRule('/v1/config/schema', scope, signed),
  }

  async #draftStep(verb: string, path: string, { revision, ...signed }: DraftOptions): Promise<Draft> {
    return readDraft(await this.#change('POST', path, `/draft/${verb}`, { revision: digits(revision) }, signed))
  }

  async #deleteRule(address: string, scope: string, signed: Authorship): Promise<boolean> {
    const query: Query = { scope, ...(await this.#signature(signed)) }
    const { deleted } = Object(await this.#api.ask('DELETE', address, { query }))
    return deleted === true
  }

  async #change(method: 'POST' | 'PUT', path: string, at: string, body: object, signed: Authorship): Promise<unknown> {
    const signature = await this.#signature(signed)
    return await this.#api.ask(method, documentAddress(path) + at, { body: { ...body, ...signature } })
  }

  /** With a login the hub knows who it is. Where nobody logs in, the request says who. */
  async #signature({ author, comment }: Authorship): Promise<Pick<Authorship, 'author' | 'comment'>> {
    return { author: this.#author ?? ((await this.#api.hasLogin()) ? undefined : author), comment }
  }

  #notAHub(): WaypostError {
    return new WaypostError('internal', `${this.#api.url.origin} answers, but is not a hub.`)
  }
}

function documentAddress(path: string): string {
  return `/v1/config/documents/${encodeURIComponent(path)}`
}

function canaryAddress(name: string): string {
  return `/canaries/${encodeURIComponent(name)}`
}

function digits(revision: bigint | undefined): string | undefined {
  return revision === undefined ? undefined : String(revision)
}

function contentJson(content: string | Uint8Array): { readonly content: string; readonly encoding: 'base64' } {
  return { content: Buffer.from(content).toString('base64'), encoding: 'base64' }
}

function changeJson({ path, content, delete: deletes, expectedRelease }: DocumentChange): object {
  return deletes ? { path, delete: true, expectedRelease } : { path, ...contentJson(content), expectedRelease }
}

function proposalJson({ name, rule, content, order, seed, limits }: CanaryProposal): object {
  return { name, rule, ...contentJson(content), order, seed, limits }
}

function readRelease(answer: unknown): PublishedRelease {
  const { path, release, revision, checksum, unchanged } = Object(answer)
  return {
    path: String(path),
    release: Number(release),
    revision: BigInt(revision),
    checksum: checksum === undefined ? undefined : String(checksum),
    unchanged: unchanged === true,
  }
}

function readDraft(answer: unknown): Draft {
  const { content, encoding, deletes: _, revision, ...facts } = Object(answer)
  const bytes = content === undefined ? undefined : Buffer.from(content, encoding)
  return { ...facts, bytes, revision: BigInt(revision) }
}

function readCanary(answer: unknown): CanaryFacts {
  return Object(answer)
}
