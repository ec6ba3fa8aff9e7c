import { configKey, configPrefix } from '../config-path.ts'
import { documentExtensions, layeredFormat } from '../documents/formats.ts'

/**
 * Which part of the order a document belongs to, from general to specific. `base`: of an application that is
 * extended. `environment`: variables of the process.
 */
export type LayerKind = 'import' | 'base' | 'app' | 'profile' | 'environment'

/** A place for one document, which may be written under several extensions. At most one of them may exist. */
export interface Slot {
  readonly kind: LayerKind
  /** For people: `shared/redis.yaml`, `order/application.*`. */
  readonly name: string
  readonly paths: readonly string[]
}

/** A range of keys to follow: one key or a prefix. */
export type FollowedRange = { readonly key: string } | { readonly prefix: string }

/** The place of a document that is named with or without its extension. Throws `invalid-argument` for no path. */
export function slotOf(kind: LayerKind, path: string): Slot {
  configKey(path)
  if (layeredFormat(path) !== undefined) return { kind, name: path, paths: [path] }
  return { kind, name: `${path}.*`, paths: documentExtensions.map((extension) => `${path}.${extension}`) }
}

/** The keys in a folder that a slot's documents are kept under; the folder of the documents itself by default. */
export function rangeOf({ name, paths }: Slot, folder: string = configPrefix): FollowedRange {
  return paths.length === 1 ? { key: folder + name } : { prefix: folder + name.slice(0, -1) }
}
