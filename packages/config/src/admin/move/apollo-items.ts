import { isConfigObject } from '../../config-value.ts'
import { decodeText } from '../../documents/document-text.ts'

/** A line of a namespace in Apollo's database. Without a key it is a comment, or an empty line. */
interface ApolloItem {
  readonly key: string
  readonly value: string
  readonly comment: string
  readonly line: number
}

/**
 * The document that an exported namespace stands for. Apollo 2 writes the list of its items in JSON, whatever the
 * format: of `.properties` one for each line, of others one called `content` with the whole text. Older ones write the
 * text itself, which is given back as it is.
 *
 * Source: `NamespaceBOUtils` of Apollo's portal.
 */
export function documentOfNamespace(name: string, bytes: Uint8Array): Uint8Array {
  const items = itemsOf(bytes)
  if (items === undefined) return bytes
  if (name.endsWith('.properties')) return Buffer.from(propertiesOf(items))
  return Buffer.from(items.find(({ key }) => key === 'content')?.value ?? '')
}

function itemsOf(bytes: Uint8Array): readonly ApolloItem[] | undefined {
  let list: unknown
  try {
    list = JSON.parse(decodeText(bytes) ?? '')
  } catch {
    return undefined
  }
  if (!Array.isArray(list)) return undefined
  const items = list.flatMap((item: unknown) => itemOf(item) ?? [])
  return items.length === list.length ? items.toSorted((a, b) => a.line - b.line) : undefined
}

function itemOf(item: unknown): ApolloItem | undefined {
  if (!isConfigObject(item)) return undefined
  const { namespaceId, lineNum, key = '', value = '', comment = '' } = item
  if (typeof namespaceId !== 'number' || typeof lineNum !== 'number') return undefined
  if (typeof key !== 'string' || typeof value !== 'string' || typeof comment !== 'string') return undefined
  return { key, value, comment, line: lineNum }
}

function propertiesOf(items: readonly ApolloItem[]): string {
  return items
    .flatMap(({ key, value, comment }) => {
      if (key === '' && comment.trim() === '') return ['']
      const comments = comment === '' ? [] : comment.split(/\r\n|\r|\n/).map(commentLine)
      return key === '' ? comments : [...comments, `${escapedKey(key)} = ${escapedValue(value)}`]
    })
    .map((line) => `${line}\n`)
    .join('')
}

function commentLine(text: string): string {
  return /^\s*[#!]/.test(text) ? text : `# ${text}`
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' }

function escapedKey(key: string): string {
  return key.replace(/[\\\s=:]|^[#!]/g, (character) => escapes[character] ?? `\\${character}`)
}

function escapedValue(value: string): string {
  return value.replace(/[\\\n\r\t\f]|^ /g, (character) => escapes[character] ?? `\\${character}`)
}
