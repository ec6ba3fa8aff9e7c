import { orList } from '@waypost/core'
import type { RouteParams } from '../route.ts'

/**
 * Compiles a text with names in braces, to be filled in. Throws an `Error` with a sentence for the document's author
 * when a name is not among those that are known.
 */
export function compilePlaces(text: string, names: readonly string[]): (values: RouteParams) => string {
  const parts = text.split(/\{(\w+)\}/)
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0 || names.includes(part)) continue
    const known = names.length === 0 ? 'the path has no names' : `known are ${orList(names.map((name) => `{${name}}`))}`
    throw new Error(`There is nothing to put in place of {${part}}; ${known}`)
  }
  if (parts.length === 1) return () => text
  return (values) => parts.map((part, index) => (index % 2 === 0 ? part : (values[part] ?? ''))).join('')
}
