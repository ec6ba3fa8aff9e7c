import { WaypostError } from '@waypost/core'
import { checkOptions, type OptionKinds, text } from '@waypost/core/options'
import { documentOfNamespace } from './apollo-items.ts'
import type { ReadTree } from './document-tree.ts'
import { TreeBuilder } from './tree-builder.ts'
import { readZip } from './zip-archive.ts'

export interface ApolloExportOptions {
  /** The environment to take, for example `PRO`. Needed when the export has several. */
  readonly env?: string | undefined
}

const apolloExportOptionKinds: OptionKinds<ApolloExportOptions> = { env: text }

/** The cluster that every application of Apollo has. */
const defaultCluster = 'default'

/**
 * Reads the zip archive that Apollo's portal exports, of all applications or of one. A namespace becomes `<app id>/<namespace>.<format>`, in another
 * cluster than `default` `<app id>/<cluster>/<namespace>.<format>`: clusters are taken for profiles. So the namespace
 * `application` is the application's own document.
 *
 * Source: `ConfigsExportService` and `ConfigFileUtils` of Apollo 2: entries are called
 * `<owner>/<app id>/<env>/<app id>+<cluster>+<namespace>`, with `.properties` at the end for that format; in the export
 * of one application without the owner.
 */
export async function readApolloExport(archive: Uint8Array, options: ApolloExportOptions = {}): Promise<ReadTree> {
  checkOptions('readApolloExport', options, apolloExportOptionKinds)
  const { env } = options
  const entries = [...(await readZip(archive))].map(([name, bytes]) => ({ name, bytes, place: placeOf(name) }))
  const envs = [...new Set(entries.flatMap(({ place }) => place?.env ?? []))].sort()
  if (env === undefined && envs.length > 1) {
    throw new WaypostError('invalid-argument', `The export has several environments: ${envs.join(', ')}. Choose one.`)
  }
  if (env !== undefined && !envs.includes(env)) {
    throw new WaypostError('not-found', `The export has no environment ${env}, only: ${envs.join(', ') || 'none'}.`)
  }
  const tree = new TreeBuilder()
  for (const { name, bytes, place } of entries) {
    if (place === undefined) tree.skip(name, 'it is not a namespace')
    else if (env === undefined || place.env === env) tree.add(name, place.path, documentOfNamespace(name, bytes))
  }
  return tree.build()
}

function placeOf(name: string): { readonly env: string; readonly path: string } | undefined {
  const parts = name.split('/')
  const [appId, cluster, namespace, more] = parts.at(-1)?.split('+') ?? []
  const env = parts.at(-2)
  if (parts.length < 3 || !appId || !cluster || !namespace || more !== undefined || !env) return undefined
  return { env, path: [appId, ...(cluster === defaultCluster ? [] : [cluster]), namespace].join('/') }
}
