import type { EtcdClient } from '@waypost/client'
import { abortable, systemClock, WaypostError } from '@waypost/core'
import { anything, checkOptions, functionKind, type OptionKinds, withMethods } from '@waypost/core/options'
import { configKey } from '../config-path.ts'
import { readDocument } from '../documents/config-document.ts'
import { decodeText } from '../documents/document-text.ts'
import { layeredFormat } from '../documents/formats.ts'
import { type ResolvedIdentity, resolveIdentity, type Variables } from '../identity.ts'
import { ParsedDocuments, type StoredDocument } from '../layers/parsed-documents.ts'
import { mergeWalked } from '../layers/resolve.ts'
import { checkLayerOptions, type DocumentLookUp, type LayerOptions, type Walked, walkLayers } from '../layers/walk.ts'
import { DocumentSource } from '../live/document-source.ts'
import { problemsError } from '../problem.ts'
import { decrypt } from '../secrets/cipher.ts'
import { ciphersOf, type DecryptedText, decryptLayers } from '../secrets/decrypt-layers.ts'
import { type Keyring, rememberingKeyring } from '../secrets/keyring.ts'
import { withoutSecrets } from './encrypted-text.ts'
import type { TemplateFilter, TemplateSource } from './template-source.ts'

export interface ConfigValuesOptions {
  /** Decrypts secrets. Without one, a template that writes a secret fails. */
  readonly keyring?: Keyring | undefined
  /** What `${env:NAME}` stands for in effective configurations. Default: this process's. */
  readonly env?: Variables | undefined
  /** Called once with each record that is damaged or may not be read. */
  readonly onNotice?: ((message: string) => void) | undefined
}

/** How many secrets, those that have been replaced since included, are not asked for again. */
const configValuesOptionKinds: OptionKinds<ConfigValuesOptions> = {
  keyring: withMethods('a keyring', ['key']),
  env: anything(),
  onNotice: functionKind<(message: string) => void>(),
}

const maxDecrypted = 1_000

/**
 * Documents for templates. `'order/application.yaml' | document` is a released document, parsed;
 * `'motd.txt' | text` its text; `'order' | effective: profile: 'production'` is what an application gets, merged, with
 * the canaries of the `instance`, if one is named.
 */
export class ConfigValues implements TemplateSource {
  readonly filters: Readonly<Record<string, TemplateFilter>>
  readonly #source: DocumentSource
  readonly #keyring: Keyring | undefined
  readonly #env: Variables
  readonly #parsed = new ParsedDocuments()
  readonly #decrypted = new Map<string, DecryptedText>()
  readonly #listeners = new Set<() => void>()

  constructor(etcd: EtcdClient, options: ConfigValuesOptions = {}) {
    checkOptions('ConfigValues', options, configValuesOptionKinds)
    const { keyring, env = process.env, onNotice = () => {} } = options
    this.#keyring = keyring && rememberingKeyring(keyring)
    this.#env = env
    this.#source = new DocumentSource(etcd, {
      clock: systemClock,
      onNotice,
      onChange: () => {
        for (const listener of this.#listeners) listener()
      },
    })
    this.filters = {
      document: (path, _, signal) => this.#document(path, signal),
      text: async (path, _, signal) => textOf(path, await this.#stored(path, signal)),
      effective: (app, options, signal) => this.#effective(app, options, signal),
    }
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
    await this.#source.close()
  }

  async #document(path: string, signal: AbortSignal): Promise<unknown> {
    const stored = await this.#stored(path, signal)
    if (layeredFormat(path) === undefined) return textOf(path, stored)
    const { document, problems } = readDocument(path, stored.bytes)
    if (problems) throw problemsError(problems)
    const ciphers = [...ciphersOf(document.value, [])]
    if (this.#keyring === undefined) {
      return withoutSecrets(
        document.value,
        ciphers.map((cipher) => cipher.path),
        path,
      )
    }
    const texts = new Map<string, string>()
    for (const { value } of ciphers) texts.set(value, await decrypt(value, this.#keyring, { path, signal }))
    return decrypted(document.value, texts)
  }

  async #stored(path: string, signal: AbortSignal): Promise<StoredDocument> {
    configKey(path)
    if (!this.#source.follow([{ kind: 'import', name: path, paths: [path] }])) {
      await this.#ready(signal)
    }
    const stored = this.#source.document(path)
    if (stored) return stored
    throw new WaypostError('not-found', `There is no configuration at ${path}.`, { details: { path } })
  }

  async #effective(app: string, options: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const { profile, instance, zone, imports, ...unknown } = options
    const [other] = Object.keys(unknown)
    if (other !== undefined) throw new WaypostError('invalid-argument', `effective has no option ${other}.`)
    const target = { app, profile, imports: imports?.split(',').map((path) => path.trim()) }
    checkLayerOptions(target)
    const identity = instance === undefined ? undefined : resolveIdentity({ instance, zone }, instance)
    const walked = await this.#walk(target, identity, signal)
    if (walked.problems.length > 0) throw problemsError(walked.problems)
    const decryption = this.#keyring && (await decryptLayers(walked.layers, this.#keyring, this.#decrypted, { signal }))
    if (decryption?.problems) throw problemsError(decryption.problems)
    if (this.#decrypted.size > maxDecrypted) this.#decrypted.clear()
    const { config, problems } = mergeWalked(walked, { env: this.#env, texts: decryption?.texts })
    if (problems) throw problemsError(problems)
    // The environment is known, so what is not resolved is a secret.
    return withoutSecrets(config.value, config.unresolved, app)
  }

  /** Follows what is imported until nothing more is; the documents are of one moment then. */
  async #walk(target: LayerOptions, identity: ResolvedIdentity | undefined, signal: AbortSignal): Promise<Walked> {
    const walk = (lookUp: DocumentLookUp): Walked => walkLayers(target, lookUp, identity, this.#parsed)
    for (;;) {
      const { walked, isComplete } = await this.#source.collect(walk, signal)
      if (isComplete) return walked
      await this.#ready(signal)
    }
  }

  async #ready(signal: AbortSignal): Promise<void> {
    try {
      await abortable(this.#source.ready(), signal)
    } catch (error) {
      // What the store has refused once is asked for again next time.
      if (!WaypostError.is(error, 'aborted')) this.#source.keepOnly([])
      throw error
    }
  }
}

function textOf(path: string, { bytes }: StoredDocument): string {
  const text = decodeText(bytes)
  if (text !== undefined) return text
  throw new WaypostError('invalid-document', `${path} is not UTF-8 text.`, { details: { path } })
}

function decrypted(value: unknown, texts: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return texts.get(value) ?? value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => decrypted(item, texts))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decrypted(item, texts)]))
}
