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

/** Left out of paths: it is what everything is in that is in no group. */
const defaultGroup = 'DEFAULT_GROUP'

/**
 * Reads the zip archive that Nacos's console exports. A configuration becomes `<group>/<data id>`, in `DEFAULT_GROUP`
 * just `<data id>`. One without a known extension gets that of its type, where the export says it.
 *
 * Source: Nacos 1 to 3: entries are called `<group>/<data id>`, beside `.metadata.yml` with `dataId`, `group` and `type`
 * of each; the older form has `.meta.yml` instead, which knows no more than the names of applications.
 */
export async function readNacosExport(archive: Uint8Array, { apps = [] }: NacosExportOptions = {}): Promise<ReadTree> {
  const files = await readZip(archive)
  const types = typesOf(files.get('.metadata.yml'))
  const tree = new TreeBuilder()
  for (const [name, bytes] of files) {
    const slash = name.indexOf('/')
    if (name === '.metadata.yml' || name === '.meta.yml') continue
    if (slash === -1) tree.skip(name, 'it is in no group')
    else tree.add(name, pathOf(name.slice(0, slash), name.slice(slash + 1), types.get(name), apps), bytes)
  }
  return tree.build()
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

/** The types of configurations by the names of their entries. The export can be read without. */
function typesOf(metadata: Uint8Array | undefined): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  if (metadata === undefined) return types
  try {
    // Nacos may name its own classes in tags, which mean nothing here.
    const value: unknown = parse(Buffer.from(metadata).toString(), { logLevel: 'error' })
    const items = isConfigObject(value) && Array.isArray(value.metadata) ? value.metadata : []
    for (const item of items) {
      if (!isConfigObject(item) || typeof item.type !== 'string') continue
      types.set(`${String(item.group)}/${String(item.dataId)}`, item.type)
    }
  } catch {
    // The names say enough.
  }
  return types
}
