import { messageOf, WaypostError } from '@waypost/core'
import { checkOptions, type OptionKinds, text } from '@waypost/core/options'
import { isConfigObject } from '../../config-value.ts'
import type { ReadTree } from './document-tree.ts'
import { TreeBuilder } from './tree-builder.ts'

export interface ConsulExportOptions {
  /** Only keys that start with this, which is taken off: `config/` for Spring Cloud Consul. Default all. */
  readonly prefix?: string | undefined
}

const consulExportOptionKinds: OptionKinds<ConsulExportOptions> = { prefix: text }

/**
 * Reads what `consul kv export` prints: a JSON list of `{ key, flags, value }` with values in base64, of Consul
 * Enterprise with `namespace` and `partition`. A key is a path as it is. A key that ends in a slash
 * and holds nothing is a folder, which is skipped.
 */
export function readConsulExport(json: string | Uint8Array, options: ConsulExportOptions = {}): ReadTree {
  checkOptions('readConsulExport', options, consulExportOptionKinds)
  const { prefix = '' } = options
  const tree = new TreeBuilder()
  for (const item of parseList(typeof json === 'string' ? json : Buffer.from(json).toString())) {
    const { key, value } = isConfigObject(item) ? item : {}
    if (typeof key !== 'string' || typeof value !== 'string') tree.skip(JSON.stringify(item), 'it has no key or value')
    else if (!key.startsWith(prefix)) tree.pass(key, `it does not start with ${prefix}`)
    else if (key.endsWith('/') && value === '') tree.pass(key, 'it is a folder')
    else if (key.endsWith('/')) tree.skip(key, 'it holds a value, and a path cannot end in a slash; rename it')
    else {
      const bytes = Buffer.from(value, 'base64')
      if (bytes.toString('base64') === value) tree.add(key, key.slice(prefix.length), bytes)
      else tree.skip(key, 'its value is not in base64')
    }
  }
  return tree.build()
}

function parseList(json: string): readonly unknown[] {
  let cause: unknown
  try {
    const list: unknown = JSON.parse(json)
    if (Array.isArray(list)) return list
  } catch (error) {
    cause = error
  }
  const reason = cause === undefined ? 'it is not a list' : messageOf(cause)
  throw new WaypostError('invalid-argument', `That is not what "consul kv export" prints: ${reason}.`, { cause })
}
