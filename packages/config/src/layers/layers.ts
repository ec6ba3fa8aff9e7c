import { checkSegment, configKey, configPrefix } from '../config-path.ts'
import { documentExtensions } from '../documents/document-format.ts'

/** One place in the order of documents. */
export interface Layer {
  readonly kind: 'import' | 'app' | 'profile'
  /** The paths it may be written under. At most one of them may exist. */
  readonly paths: readonly string[]
  /** Whether its absence is an error. */
  readonly required: boolean
}

export interface LayerOptions {
  /** The application's name: one segment of a path. */
  readonly app: string
  /** For example `production`: one segment of a path. */
  readonly profile?: string | undefined
  /**
   * Documents of others to begin with, for example `['shared/redis.yaml']`; later ones lie over earlier ones.
   * Without an extension, the one that exists is taken. Every import must exist.
   */
  readonly imports?: readonly string[] | undefined
}

/**
 * The layers from general to specific: the imports in their order, `<app>/application`, `<app>/<profile>/application`.
 * Throws `invalid-argument` for names that are no paths.
 */
export function layersOf({ app, profile, imports = [] }: LayerOptions): readonly Layer[] {
  checkSegment('app', app)
  if (profile !== undefined) checkSegment('profile', profile)
  return [
    ...imports.map((path) => layer('import', path)),
    layer('app', `${app}/application`),
    ...(profile === undefined ? [] : [layer('profile', `${app}/${profile}/application`)]),
  ]
}

function layer(kind: Layer['kind'], path: string): Layer {
  configKey(path)
  const complete = documentExtensions.some((extension) => path.endsWith(`.${extension}`))
  const paths = complete ? [path] : documentExtensions.map((extension) => `${path}.${extension}`)
  return { kind, paths, required: kind === 'import' }
}

/** A range of keys to follow: one key or a prefix. */
export type FollowedRange = { readonly key: string } | { readonly prefix: string }

/**
 * The key ranges that hold the layers. The application's folder is followed as one, so that a transaction that
 * writes several of its documents is seen as one change.
 */
export function rangesOf(app: string, layers: readonly Layer[]): readonly FollowedRange[] {
  const folder = `${app}/`
  const outside = layers.filter(({ paths }) => !paths.every((path) => path.startsWith(folder)))
  return [
    { prefix: configPrefix + folder },
    ...outside.flatMap(({ paths }) => paths.map((path) => ({ key: configKey(path) }))),
  ]
}
