import { WaypostError } from '@waypost/core'
import { checkOptions, type OptionKinds, required, text } from '@waypost/core/options'
import { stringify } from 'yaml'
import { setOwn } from '../../config-value.ts'
import { decodeText, withoutByteOrderMark } from '../../documents/document-text.ts'
import type { ReadTree, SkippedEntry } from './document-tree.ts'
import { parseEnvFile } from './env-lines.ts'

export interface EnvFileOptions {
  /** The document to make, in YAML: `order/application.yaml`. */
  readonly path: string
  /**
   * What separates the parts of a name: with `__`, `DB__HOST` becomes `db.host`, in lower case. Default: names are kept
   * as they are.
   */
  readonly separator?: string | undefined
}

const envFileOptionKinds: OptionKinds<EnvFileOptions> = { path: required(text), separator: text }

/**
 * Makes a document of a `.env` file. All values are text. Lines that set nothing, and names that are set again further
 * down, are listed in `skipped`.
 */
export function readEnvFile(content: string | Uint8Array, options: EnvFileOptions): ReadTree {
  checkOptions('readEnvFile', options, envFileOptionKinds)
  const { path, separator } = options
  const text = typeof content === 'string' ? content : decodeText(content)
  if (text === undefined) throw new WaypostError('invalid-argument', 'The .env file is not UTF-8 text.')
  if (!/\.ya?ml$/.test(path)) {
    throw new WaypostError('invalid-argument', `The document of a .env file is YAML; ${path} has another extension.`)
  }
  const { variables, problems } = parseEnvFile(withoutByteOrderMark(text))
  const skipped: SkippedEntry[] = problems.map(({ line, reason }) => ({ name: `line ${line}`, reason }))
  const root = {}
  for (const [name, value] of variables) {
    const parts = separator ? name.toLowerCase().split(separator.toLowerCase()) : [name]
    if (parts.includes('')) throw new WaypostError('invalid-argument', `The name ${name} has an empty part.`)
    place(root, name, parts, value)
  }
  return { documents: new Map([[path, Buffer.from(stringify(root))]]), skipped }
}

function place(root: object, name: string, parts: readonly string[], value: unknown): void {
  let target = root
  for (const part of parts.slice(0, -1)) {
    if (!Object.hasOwn(target, part)) setOwn(target, part, {})
    const below: unknown = Reflect.get(target, part)
    if (typeof below !== 'object' || below === null) throw clash(name, part)
    target = below
  }
  const last = parts.at(-1) ?? name
  if (Object.hasOwn(target, last)) throw clash(name, last)
  setOwn(target, last, value)
}

function clash(name: string, part: string): WaypostError {
  return new WaypostError(
    'invalid-argument',
    `${name} cannot be placed: ${part} is both a value and a mapping, or is set twice.`,
  )
}
