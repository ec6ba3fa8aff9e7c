import { atOnce } from '@waypost/core'
import { anything, checkOptions } from '@waypost/core/options'
import type { ConfigObject } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'
import type { ResolvedIdentity, Variables } from '../identity.ts'
import type { ConfigProblem } from '../problem.ts'
import { Redactor } from '../secrets/redactor.ts'
import {
  type EnvironmentOverrides,
  listFaults,
  overrideLayer,
  overrideOrigin,
  overridesOf,
} from './environment-layer.ts'
import { mergeLayers, mergeSteps, type NumbersOverList } from './merge.ts'
import { problemPlacer } from './origins.ts'
import {
  type Filled,
  fillPlaceholders,
  fillSteps,
  type PlaceholderOptions,
  type PlaceholderProblem,
} from './placeholders.ts'
import {
  checkLayerOptions,
  type DocumentLookUp,
  type LayerDocument,
  type LayerOptions,
  type Walked,
  walkLayers,
} from './walk.ts'

/** A configuration before any schema. */
export interface ResolvedConfig {
  readonly value: ConfigObject
  /** From general to specific; variables of the environment, if asked for, at the end. */
  readonly layers: readonly LayerDocument[]
  readonly redactor: Redactor
  /**
   * The keys whose value only the process itself can know: variables of its environment and secrets. They hold the
   * placeholder's default, the placeholder as it is written, or `[secret]`.
   */
  readonly unresolved: readonly JsonPath[]
  /** What is wrong without keeping the configuration from being used. */
  readonly notices: readonly ConfigProblem[]
}

export type Resolution =
  | { readonly config: ResolvedConfig; readonly problems?: undefined }
  | { readonly config?: undefined; readonly problems: readonly ConfigProblem[] }

export interface ResolveOptions extends PlaceholderOptions {
  readonly overrides?: EnvironmentOverrides | undefined
}

/** Whose configuration is asked for. Without an `instance`, no canary is taken. */
export interface ResolveTarget extends LayerOptions, Partial<ResolvedIdentity> {}

/**
 * What the configuration of an application, profile and instance is, given some documents. Nothing is read but
 * `lookUp`, so it answers for texts that are not published, too. Variables of the environment stay placeholders
 * unless `env` is given; secrets stay hidden. Throws `invalid-argument` for names that are no paths.
 */
export function resolveDocuments(
  lookUp: DocumentLookUp,
  target: ResolveTarget,
  options: { readonly env?: Variables | undefined } = {},
): Resolution {
  checkOptions('resolveDocuments', options, { env: anything<Variables>() })
  checkLayerOptions(target)
  const { instance } = target
  const identity = instance === undefined ? undefined : { ...target, instance }
  return mergeWalked(walkLayers(target, lookUp, identity), { env: options.env })
}

/** Merges the documents that were collected, and fills what refers to something. */
export function mergeWalked(walked: Walked, options: ResolveOptions): Resolution {
  return atOnce(resolveSteps(walked, options, wholeAtOnce))
}

/** The same with places between which other work may be done. */
export function mergeWalkedSteps(walked: Walked, options: ResolveOptions): Generator<void, Resolution> {
  return resolveSteps(walked, options, inSteps)
}

/** How the two long parts of the work are done. */
interface Ways {
  merge(layers: readonly ConfigObject[], onNumbersOverList: NumbersOverList): Generator<void, ConfigObject>
  fill(root: ConfigObject, options: PlaceholderOptions): Generator<void, Filled>
}

const inSteps: Ways = { merge: mergeSteps, fill: fillSteps }

const wholeAtOnce: Ways = {
  // biome-ignore lint/correctness/useYield: it is done in one step
  *merge(layers, onNumbersOverList) {
    return mergeLayers(layers, onNumbersOverList)
  },
  // biome-ignore lint/correctness/useYield: it is done in one step
  *fill(root, options) {
    return fillPlaceholders(root, options)
  },
}

function* resolveSteps(
  { layers, problems, notices }: Walked,
  options: ResolveOptions,
  ways: Ways,
): Generator<void, Resolution> {
  if (problems.length > 0) return { problems }
  const clashes: (readonly string[])[] = []
  const documents = layers.map(({ document }) => document.value)
  const merged = yield* ways.merge(documents, (path) => clashes.push(path))
  const overrides = options.overrides ? overridesOf(merged, options.overrides) : []
  const all = [...layers, ...overrides.map((override) => environmentDocument(override))]
  const faults = [...clashes.map(numbersOverList), ...listFaults(overrides)]
  if (faults.length > 0) {
    const place = problemPlacer(all)
    return { problems: faults.slice(0, maxProblems).map(({ path, reason }) => place(path, reason)) }
  }
  const value = overrides.length === 0 ? merged : mergeLayers([merged, overrideLayer(overrides)])
  const filled = yield* ways.fill(value, options)
  if (filled.problems.length > 0) {
    const place = problemPlacer(all)
    return { problems: filled.problems.map(({ path, reason }) => place(path, reason)) }
  }
  return {
    config: {
      value: filled.value,
      layers: all,
      redactor: redactorOf(filled, merged, options),
      unresolved: filled.unresolved,
      notices,
    },
  }
}

/** More are not reported. */
const maxProblems = 100

function numbersOverList(path: readonly string[]): PlaceholderProblem {
  const name = path.join('.')
  const reason = `Numeric keys would replace the list ${name} of a lower layer; write ${name}[0] for an item of it.`
  return { path, reason }
}

/** What a variable puts in the place of a secret is a secret too. */
function redactorOf(filled: Filled, below: ConfigObject, options: ResolveOptions): Redactor {
  if (!options.overrides) return new Redactor(filled.secrets, filled.secretPaths)
  const { secretPaths } = fillPlaceholders(below, options)
  const paths = [...filled.secretPaths, ...secretPaths]
  const secrets = new Set(filled.secrets)
  for (const path of secretPaths) {
    const value = valueAt(filled.value, path)
    if (typeof value === 'string') secrets.add(value)
  }
  return new Redactor(secrets, paths)
}

function valueAt(value: unknown, path: JsonPath): unknown {
  let at = value
  for (const step of path) {
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? Reflect.get(at, step) : undefined
  }
  return at
}

function environmentDocument({ variable, path, value }: ReturnType<typeof overridesOf>[number]): LayerDocument {
  const text = { path: `environment variable ${variable}`, revision: 0n }
  const document = {
    path: text.path,
    value: overrideOrigin({ variable, path, value }),
    locator: () => () => ({ line: 1, column: 1 }),
  }
  const none = { bytes: new Uint8Array(), checksum: '', release: undefined, canary: undefined }
  return { ...text, ...none, kind: 'environment', document }
}
