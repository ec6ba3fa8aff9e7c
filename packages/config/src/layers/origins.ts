import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'
import { childAt } from '../documents/key-steps.ts'
import type { Locator } from '../documents/layered-format.ts'
import { placesAside } from '../documents/places-aside.ts'
import type { ConfigProblem } from '../problem.ts'
import { isCipher } from '../secrets/cipher.ts'
import { type Redactor, redacted } from '../secrets/redactor.ts'
import type { LayerKind } from './slot.ts'
import type { LayerDocument } from './walk.ts'

/** A place that sets a key. */
export interface Origin {
  /** The document's path, or the environment variable's name. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The revision at which the document was last written. */
  readonly revision: bigint
  /** The document's release; `undefined` when none is known for its text, as with a canary. */
  readonly release: number | undefined
  /** The canary that stands in the document's place. */
  readonly canary: string | undefined
  readonly layer: LayerKind
  /** As it is written there, placeholders included; `[secret]` for what is encrypted. */
  readonly value: ConfigValue
}

/**
 * Makes problems with keys, each at the place that sets its key. A missing key has no place of its own: it is reported
 * at the nearest part above that has one. Each document is parsed again once, however many problems there are.
 */
export function problemPlacer(layers: readonly LayerDocument[]): (keys: JsonPath, reason: string) => ConfigProblem {
  return placerBy(layers, rememberedLocators())
}

/** What does not fit, and where in the merged configuration. */
export interface Misfit {
  readonly keys: JsonPath
  readonly reason: string
}

/**
 * Problems of one configuration, each at the place that sets its key. Large documents are read for all of their places
 * at once, in a thread: other work goes on meanwhile.
 */
export async function placeMisfits(
  layers: readonly LayerDocument[],
  misfits: readonly Misfit[],
): Promise<readonly ConfigProblem[]> {
  const wanted = new Map<LayerDocument, JsonPath[]>()
  const noting = placerBy(layers, (layer) => (path) => {
    const paths = wanted.get(layer)
    if (paths === undefined) wanted.set(layer, [path])
    else paths.push(path)
    return { line: 1, column: 1 }
  })
  for (const { keys, reason } of misfits) noting(keys, reason)
  const locators = new Map<LayerDocument, Locator>()
  for (const [layer, paths] of wanted) locators.set(layer, await locatorAside(layer, paths))
  const place = placerBy(layers, (layer) => locators.get(layer) ?? layer.document.locator())
  return misfits.map(({ keys, reason }) => place(keys, reason))
}

/** Finds these keys, and no others. */
async function locatorAside({ bytes, document, kind }: LayerDocument, paths: readonly JsonPath[]): Promise<Locator> {
  if (kind === 'environment') return document.locator()
  const places = await placesAside(document, bytes, paths)
  const byPath = new Map(paths.map((path, index) => [JSON.stringify(path), places[index]]))
  return (path) => byPath.get(JSON.stringify(path)) ?? { line: 1, column: 1 }
}

function placerBy(
  layers: readonly LayerDocument[],
  locatorOf: (layer: LayerDocument) => Locator,
): (keys: JsonPath, reason: string) => ConfigProblem {
  return (keys, reason) => {
    const keyPath = keys.length === 0 ? undefined : keys.join('.')
    let origin: Origin | undefined
    for (let length = keys.length; length > 0 && origin === undefined; length--) {
      origin = originsOf(layers, keys.slice(0, length), undefined, locatorOf)[0]
    }
    const documents = layers.filter(({ kind }) => kind !== 'environment').map(({ path }) => path)
    const place = origin ? `${origin.path}:${origin.line}:${origin.column}` : documents.join(', ')
    return Object.freeze({
      code: 'invalid-document',
      message: `${place}: ${keyPath === undefined ? '' : `${keyPath}: `}${reason}`,
      path: origin?.path,
      line: origin?.line,
      column: origin?.column,
      keyPath,
    })
  }
}

/** Reads each document for its places once, however many are asked for. */
export function rememberedLocators(): (layer: LayerDocument) => Locator {
  const locators = new Map<LayerDocument, Locator>()
  return (layer) => {
    const known = locators.get(layer)
    if (known) return known
    const locator = layer.document.locator()
    locators.set(layer, locator)
    return locator
  }
}

/** The places that set a key, the one that counts first. */
export function originsOf(
  layers: readonly LayerDocument[],
  path: JsonPath,
  redactor: Redactor | undefined,
  locatorOf: (layer: LayerDocument) => Locator,
): readonly Origin[] {
  let found: { readonly layer: LayerDocument; readonly value: ConfigValue }[] = []
  for (const layer of layers) {
    const result = find(layer.document.value, path)
    if (result === 'replaced') found = []
    else if (result !== undefined) found.unshift({ layer, value: result.value })
  }
  return found.map(({ layer, value }) => {
    const { document, revision, release, canary, kind } = layer
    const shown = withoutCiphers(kind === 'environment' && redactor?.isSecret(path) ? redacted : value)
    return {
      path: document.path,
      ...locatorOf(layer)(path),
      revision,
      release,
      canary,
      layer: kind,
      value: shown,
    }
  })
}

/** The value at a key; `undefined` when there is none. */
export function get(root: ConfigValue, path: JsonPath): { readonly value: ConfigValue } | undefined {
  let value = root
  for (const step of path) {
    const child = childAt(value, step)
    if (child === undefined) return undefined
    value = child as ConfigValue
  }
  return { value }
}

/** `replaced`: the document puts something else where the path leads through, which hides the layers below. */
function find(root: ConfigObject, path: JsonPath): { readonly value: ConfigValue } | 'replaced' | undefined {
  let value: ConfigValue = root
  for (const step of path) {
    const child = childAt(value, step)
    if (child === undefined) return isConfigObject(value) ? undefined : 'replaced'
    value = child as ConfigValue
  }
  return { value }
}

function withoutCiphers(value: ConfigValue): ConfigValue {
  if (isCipher(value)) return redacted
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutCiphers)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutCiphers(child)]))
}
