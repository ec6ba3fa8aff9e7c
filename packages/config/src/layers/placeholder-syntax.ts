import { keySteps } from '../documents/key-steps.ts'

/** What is wrong with a placeholder, as a sentence for people. */
export class PlaceholderError extends Error {}

/** How deep defaults may lie in each other. */
const maxDepth = 20

/** One placeholder. */
export interface Reference {
  readonly kind: 'key' | 'env'
  /** The key, dotted, or the variable. */
  readonly name: string
  /** The default when it is missing; may contain placeholders. */
  readonly fallback: string | undefined
  /** As it is written. */
  readonly source: string
}

/** Text and placeholders in their order. */
export function partsOf(text: string): (string | Reference)[] {
  const parts: (string | Reference)[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    if (text.startsWith('$${', at)) {
      plain += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      const end = endOf(text, at)
      if (plain !== '') parts.push(plain)
      plain = ''
      parts.push(referenceOf(text.slice(at, end)))
      at = end
    } else {
      plain += text[at]
      at += 1
    }
  }
  if (plain !== '' || parts.length === 0) parts.push(plain)
  return parts
}

/** The placeholders of a text, for people; none when it is malformed. */
export function referencesOf(text: string): readonly Reference[] {
  try {
    return partsOf(text).filter((part) => typeof part !== 'string')
  } catch (error) {
    if (error instanceof PlaceholderError) return []
    throw error
  }
}

/** Behind the brace that closes the placeholder which begins at `start`. */
function endOf(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('$${', at)) at += 2
    else if (text.startsWith('${', at)) {
      depth += 1
      at += 1
      if (depth > maxDepth) throw new PlaceholderError(`Placeholders are nested more than ${maxDepth} deep.`)
    } else if (text[at] === '}') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  throw new PlaceholderError('A placeholder ${ is not closed; write $${ for the text ${ itself.')
}

function referenceOf(source: string): Reference {
  const inner = source.slice(2, -1)
  const isEnv = inner.startsWith('env:')
  const rest = isEnv ? inner.slice(4) : inner
  const colon = rest.indexOf(':')
  const name = (colon === -1 ? rest : rest.slice(0, colon)).trim()
  const fallback = colon === -1 ? undefined : rest.slice(colon + 1)
  if (name.includes('${')) throw new PlaceholderError(`${source}: a name cannot contain another placeholder.`)
  if (name === '' || (!isEnv && keySteps(name) === undefined)) {
    throw new PlaceholderError(`${source} names nothing; write $\${ for the text \${ itself.`)
  }
  return { kind: isEnv ? 'env' : 'key', name, fallback, source }
}
