import { isDeepStrictEqual } from 'node:util'
import { type Clock, deepFreeze, messageOf, Slices } from '@waypost/core'
import { type ConfigObject, isConfigObject } from '../config-value.ts'
import { largeBytes } from '../documents/document-thread.ts'
import type { ResolvedIdentity, Variables } from '../identity.ts'
import type { EnvironmentOverrides } from '../layers/environment-layer.ts'
import { mergeSteps } from '../layers/merge.ts'
import { problemPlacer } from '../layers/origins.ts'
import { ParsedDocuments } from '../layers/parsed-documents.ts'
import { mergeWalked, mergeWalkedSteps, type ResolvedConfig } from '../layers/resolve.ts'
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
  /** Called once with what is wrong without keeping the configuration from being used. */
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

/** Whether evaluating it at once would hold up everything else in the process. */
function isLarge({ texts }: Walked): boolean {
  return texts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > largeBytes
}

/** Compares as `isDeepStrictEqual` does, with places between which other work may be done. */
function* equalSteps(a: ConfigObject, b: ConfigObject): Generator<void, boolean> {
  if (!isDeepStrictEqual(Object.keys(a).sort(), Object.keys(b).sort())) return false
  for (const [key, ours] of Object.entries(a)) {
    const theirs = b[key]
    if (!isConfigObject(ours) || !isConfigObject(theirs)) {
      if (!isDeepStrictEqual(ours, theirs)) return false
      continue
    }
    if (Object.keys(ours).length !== Object.keys(theirs).length) return false
    for (const [name, value] of Object.entries(ours)) {
      if (!Object.hasOwn(theirs, name) || !isDeepStrictEqual(value, theirs[name])) return false
      yield
    }
  }
  return true
}

/** Freezes what is two steps from the top, so that little is left for `deepFreeze`. */
function* freezeSteps(root: unknown): Generator<void, void> {
  if (!isConfigObject(root)) return
  for (const child of Object.values(root)) {
    if (!isConfigObject(child)) continue
    for (const value of Object.values(child)) {
      deepFreeze(value)
      yield
    }
  }
}

/** Makes configurations of documents, and remembers what it parsed and decrypted as long as it does not change. */
export class Evaluator<T> {
  readonly #recipe: Recipe<T>
  readonly #parsed = new ParsedDocuments({ leavesLarge: true })
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

  /**
   * Parses what `walk` found too large to parse at once, in a thread. True when there was something: what was walked is
   * not what it should be, and is to be walked again.
   */
  parseLarge(signal: AbortSignal): Promise<boolean> {
    return this.#parsed.parseLarge(signal)
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
    const slices = isLarge(walked) ? new Slices() : undefined
    const decrypted = await decryptLayers(walked.layers, keyring, this.#decrypted, { slices })
    if (decrypted.problems) return decrypted
    const { texts } = decrypted
    const options = { env, texts, overrides }
    const merged = slices ? await slices.run(mergeWalkedSteps(walked, options)) : mergeWalked(walked, options)
    const { config, problems } = merged
    if (problems) return { problems, mayPass: false }
    this.#forgetAllBut(texts)
    const inForce = { config, texts: walked.texts, revision }
    const isSame =
      before &&
      (slices
        ? await slices.run(equalSteps(config.value, before.config.value))
        : isDeepStrictEqual(config.value, before.config.value))
    if (isSame) {
      return { inForce: { ...inForce, current: before.current } }
    }
    const copy = slices && (await slices.run(mergeSteps([config.value])))
    const validated = await validate(schema, config, clock, copy)
    if (validated.problems) return { problems: validated.problems, mayPass: false }
    if (slices) await slices.run(freezeSteps(validated.value))
    return { inForce: { ...inForce, current: deepFreeze(validated.value) } }
  }

  /** A secret that is no longer in any document is not kept. */
  #forgetAllBut(texts: ReadonlyMap<string, string>): void {
    if (this.#decrypted.size <= texts.size * 2) return
    this.#decrypted = new Map([...this.#decrypted].filter(([, { value }]) => texts.has(value)))
  }
}
