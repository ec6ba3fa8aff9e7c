import { isDeepStrictEqual } from 'node:util'
import { type Clock, deepFreeze, messageOf } from '@waypost/core'
import type { ResolvedIdentity, Variables } from '../identity.ts'
import type { EnvironmentOverrides } from '../layers/environment-layer.ts'
import { problemPlacer } from '../layers/origins.ts'
import { ParsedDocuments } from '../layers/parsed-documents.ts'
import { mergeWalked, type ResolvedConfig } from '../layers/resolve.ts'
import {
  type DocumentLookUp,
  type LayerDocument,
  type LayerOptions,
  type LayerText,
  type Walked,
  walkLayers,
} from '../layers/walk.ts'
import type { ConfigProblem } from '../problem.ts'
import { type DecryptedText, decryptLayers } from '../secrets/decrypt-layers.ts'
import type { Keyring } from '../secrets/keyring.ts'
import type { StandardSchema } from '../validation/standard-schema.ts'
import { validate } from '../validation/validate.ts'

/** What a configuration is made by, beside the documents. */
export interface Recipe<T> {
  readonly options: LayerOptions
  readonly identity: ResolvedIdentity
  readonly schema: StandardSchema<unknown, T>
  readonly keyring: Keyring | undefined
  readonly overrides: EnvironmentOverrides | undefined
  readonly env: Variables
  readonly clock: Clock
  /** Told once of what is wrong without keeping the configuration from being used. */
  readonly onNotice: (message: string) => void
}

/** A configuration that is good to use. */
export interface InForce<T> {
  readonly current: T
  readonly config: ResolvedConfig
  readonly texts: readonly LayerText[]
  readonly revision: bigint
}

export type Evaluated<T> =
  | { readonly inForce: InForce<T>; readonly problems?: undefined }
  | {
      readonly inForce?: undefined
      readonly problems: readonly ConfigProblem[]
      /** Whether the same documents may be good later. */
      readonly mayPass: boolean
    }

/** Whether the documents of some layers are, text for text, those of others: only their releases may be new. */
function saysTheSame(before: readonly LayerDocument[], after: readonly LayerDocument[]): boolean {
  const documents = before.filter(({ kind }) => kind !== 'environment')
  return (
    documents.length === after.length &&
    after.every(
      ({ path, checksum }, index) => documents[index]?.path === path && documents[index].checksum === checksum,
    )
  )
}

/** Makes configurations of documents, and remembers what it parsed and decrypted as long as it does not change. */
export class Evaluator<T> {
  readonly #recipe: Recipe<T>
  readonly #parsed = new ParsedDocuments()
  readonly #told = new Set<string>()
  #decrypted = new Map<string, DecryptedText>()

  constructor(recipe: Recipe<T>) {
    this.#recipe = recipe
  }

  /** Collects the documents; of one moment, as nothing is waited for. */
  walk(lookUp: DocumentLookUp): Walked {
    const { options, identity, onNotice } = this.#recipe
    const walked = walkLayers(options, lookUp, identity, this.#parsed)
    for (const { message } of walked.notices) {
      if (!this.#told.has(message)) onNotice(message)
      this.#told.add(message)
    }
    return walked
  }

  /** Decrypts, merges and checks. What is equal to `before` stays the same object. Never rejects. */
  async evaluate(walked: Walked, revision: bigint, before: InForce<T> | undefined): Promise<Evaluated<T>> {
    try {
      return await this.#evaluate(walked, revision, before)
    } catch (error) {
      // A defect here, or a result of the schema that cannot be frozen: what is in force must outlive it.
      const place = problemPlacer(walked.layers)
      return { problems: [place([], `The configuration cannot be evaluated: ${messageOf(error)}`)], mayPass: false }
    }
  }

  async #evaluate(walked: Walked, revision: bigint, before: InForce<T> | undefined): Promise<Evaluated<T>> {
    const { schema, keyring, overrides, env, clock } = this.#recipe
    if (walked.problems.length > 0) return { problems: walked.problems, mayPass: false }
    if (before && saysTheSame(before.config.layers, walked.layers)) {
      const { value, redactor, unresolved } = before.config
      const layers = [...walked.layers, ...before.config.layers.filter(({ kind }) => kind === 'environment')]
      const config = { value, redactor, unresolved, layers, notices: walked.notices }
      return { inForce: { config, texts: walked.texts, revision, current: before.current } }
    }
    const decrypted = await decryptLayers(walked.layers, keyring, this.#decrypted)
    if (decrypted.problems) return decrypted
    const { texts } = decrypted
    const { config, problems } = mergeWalked(walked, { env, texts, overrides })
    if (problems) return { problems, mayPass: false }
    this.#forgetAllBut(texts)
    const inForce = { config, texts: walked.texts, revision }
    if (before && isDeepStrictEqual(config.value, before.config.value)) {
      return { inForce: { ...inForce, current: before.current } }
    }
    const validated = await validate(schema, config, clock)
    if (validated.problems) return { problems: validated.problems, mayPass: false }
    return { inForce: { ...inForce, current: deepFreeze(validated.value) } }
  }

  /** A secret that is no longer in any document is not kept. */
  #forgetAllBut(texts: ReadonlyMap<string, string>): void {
    if (this.#decrypted.size <= texts.size * 2) return
    this.#decrypted = new Map([...this.#decrypted].filter(([, { value }]) => texts.has(value)))
  }
}
