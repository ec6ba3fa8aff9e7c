import { messageOf } from '@waypost/core'
import { checkOptions, listOf, type OptionKinds, text } from '@waypost/core/options'
import { parse } from 'yaml'
import { isConfigObject } from '../../config-value.ts'
import { documentExtensions, layeredFormat } from '../../documents/formats.ts'
import type { ReadTree } from './document-tree.ts'
import { TreeBuilder } from './tree-builder.ts'
import { readZip } from './zip-archive.ts'

export interface NacosExportOptions {
  /**
   * The names of applications. Then data ids that Spring Cloud would look for get their place in the layers:
   * of `order`, `order.yaml` becomes `order/application.yaml`, and `order-prod.yaml` `order/prod/application.yaml`.
   * Default none: a name alone does not tell where the application ends and the profile begins.
   */
  readonly apps?: readonly string[] | undefined
}

const nacosExportOptionKinds: OptionKinds<NacosExportOptions> = { apps: listOf(text) }

/** Left out of paths: it is what everything is in that is in no group. */
const defaultGroup = 'DEFAULT_GROUP'

/**
 * Reads the zip archive that Nacos's console exports. A configuration becomes `<group>/<data id>`, in `DEFAULT_GROUP`
 * just `<data id>`. One without a known extension gets that of its type, where the export says it.
 *
 * Source: Nacos 1 to 3: entries are called `<group>/<data id>`, beside `.metadata.yml` with `dataId`, `group` and `type`
 * of each; the older form has `.meta.yml` instead, which knows no more than the names of applications.
 */
export async function readNacosExport(archive: Uint8Array, options: NacosExportOptions = {}): Promise<ReadTree> {
  checkOptions('readNacosExport', options, nacosExportOptionKinds)
  const { apps = [] } = options
  const files = withoutOuterFolder(await readZip(archive))
  const tree = new TreeBuilder()
  const types = typesOf(files.get(metadataName), tree)
  for (const [name, bytes] of files) {
    const slash = name.indexOf('/')
    if (name === metadataName || name === oldMetadataName) continue
    if (slash === -1) tree.skip(name, 'it is in no group')
    else tree.add(name, pathOf(name.slice(0, slash), name.slice(slash + 1), types.get(name), apps), bytes)
  }
  for (const name of types.keys()) {
    if (!files.has(name)) tree.skip(name, 'the metadata names it, and it is not in the archive')
  }
  return tree.build()
}

const metadataName = '.metadata.yml'
const oldMetadataName = '.meta.yml'

/** An archive packed by hand may have everything in one folder more: the one that the metadata lies in. */
function withoutOuterFolder(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const metadata = [...files.keys()].find((name) => /^[^/]+\/\.meta(?:data)?\.yml$/.test(name))
  const folder = metadata?.slice(0, metadata.indexOf('/') + 1)
  if (folder === undefined || ![...files.keys()].every((name) => name.startsWith(folder))) return files
  return new Map([...files].map(([name, bytes]) => [name.slice(folder.length), bytes]))
}

function pathOf(group: string, dataId: string, type: string | undefined, apps: readonly string[]): string {
  const extension = documentExtensions.find((each) => each === type)
  const name = layeredFormat(dataId) === undefined && extension !== undefined ? `${dataId}.${extension}` : dataId
  const layer = layerOf(name, apps)
  return group === defaultGroup ? layer : `${group}/${layer}`
}

/** The longest name wins: of `order` and `order-admin`, `order-admin.yaml` belongs to the latter. */
function layerOf(name: string, apps: readonly string[]): string {
  for (const app of apps.toSorted((a, b) => b.length - a.length)) {
    if (!name.startsWith(app)) continue
    const [, profile, extension] = /^(?:-([^/]+))?\.([^./]+)$/.exec(name.slice(app.length)) ?? []
    if (extension === undefined) continue
    return profile === undefined ? `${app}/application.${extension}` : `${app}/${profile}/application.${extension}`
  }
  return name
}

/** The types of configurations by the names of their entries. What cannot be read of them is skipped. */
function typesOf(metadata: Uint8Array | undefined, tree: TreeBuilder): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  if (metadata === undefined) return types
  let value: unknown
  try {
    // Nacos may name its own classes in tags, which mean nothing here.
    value = parse(Buffer.from(metadata).toString(), { logLevel: 'error' })
  } catch (error) {
    tree.skip(metadataName, `it is not YAML, so that types are not known: ${messageOf(error).split('\n')[0]}`)
    return types
  }
  if (!isConfigObject(value) || !Array.isArray(value.metadata)) {
    tree.skip(metadataName, 'it has no list "metadata", so that types are not known')
    return types
  }
  for (const item of value.metadata) {
    if (!isConfigObject(item) || typeof item.dataId !== 'string' || typeof item.group !== 'string') {
      tree.skip(metadataName, 'one of its items has no group or data id')
    } else types.set(`${item.group}/${item.dataId}`, typeof item.type === 'string' ? item.type : '')
  }
  return types
}
