import type { Answer } from './answer.ts'

/** How the paths of requests are read. */
export interface PathRules {
  /**
   * What `%2F` and `%5C` mean. `refuse`: such a request is answered with 400. `keep`: they stay as they are, belong to
   * their segment, and are sent so. Instances that decode them before they check a path can be deceived by them.
   */
  readonly encodedSlashes: 'refuse' | 'keep'
  /** Whether `//` is one slash. */
  readonly mergeSlashes: boolean
}

export const defaultPathRules: PathRules = { encodedSlashes: 'refuse', mergeSlashes: true }

/** The target of a request. */
export interface RequestTarget {
  /**
   * Absolute and in its normal form: percent-encoding only where it must be, in upper case, no dot segments. Two
   * requests for the same resource have the same path, so a rule for it holds for both.
   */
  readonly path: string
  /** With its question mark, as the client sent it; `''` when there is none. */
  readonly search: string
  /** The host that an absolute target names, which then stands above the `Host` header; else `undefined`. */
  readonly authority: string | undefined
}

/** A path that needs nothing done: ASCII only, and no segment that is empty or begins with a dot. */
const plain = /^(?:\/[\w!$&'()*+,=:@~-][\w.!$&'()*+,=:@~-]*)*\/?$/

/** A query of printable ASCII without `#`. */
const plainSearch = /^[!"$-~]*$/

/**
 * Reads what stands behind the method in a request, by RFC 9112 section 3.2 and the normal form of RFC 3986 section
 * 6.2.2. What is returned is both matched and sent. Refuses with 400 what different programs read differently: invalid
 * encoding, control characters, backslashes, dot segments with parameters (`..;`), and paths that lead above the root.
 *
 * @example
 * ```ts static
 * readRequestTarget('/a/%7eb/./c/../d?x=1') // { path: '/a/~b/d', search: '?x=1', authority: undefined }
 * ```
 */
export function readRequestTarget(target: string, rules: PathRules = defaultPathRules): RequestTarget | Answer {
  let authority: string | undefined
  let rest = target
  if (target.charCodeAt(0) !== 0x2f) {
    if (target === '*') return { path: '*', search: '', authority }
    const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target)
    if (absolute?.[1] === undefined) return refused('The request target must begin with a slash.')
    authority = absolute[1]
    rest = absolute[2] ?? ''
    if (!rest.startsWith('/')) rest = `/${rest}`
  }
  const mark = rest.indexOf('?')
  const path = mark === -1 ? rest : rest.slice(0, mark)
  const search = mark === -1 ? '' : rest.slice(mark)
  if (!plainSearch.test(search)) return refused('The query contains characters that must be percent-encoded.')
  if (plain.test(path)) return { path, search, authority }
  const normal = normalPath(path, rules)
  return typeof normal === 'string' ? { path: normal, search, authority } : normal
}

function refused(detail: string): Answer {
  return { status: 400, code: 'bad-request-target', detail }
}

function normalPath(path: string, rules: PathRules): string | Answer {
  const decoded = decodeWhereSafe(path, rules)
  return typeof decoded === 'string' ? withoutDots(decoded, rules) : decoded
}

/** Decodes what need not be encoded, encodes what must be, and refuses what is malformed. */
function decodeWhereSafe(path: string, { encodedSlashes }: PathRules): string | Answer {
  let result = ''
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at)
    if (code <= 0x20 || code === 0x7f) return refused('The path contains a space or a control character.')
    if (code === 0x5c) return refused('The path contains a backslash.')
    if (code === 0x23) return refused('The path contains a fragment.')
    if (code > 0xff) return refused('The path contains characters that must be percent-encoded.')
    if (code !== 0x25) {
      result += code > 0x7f || '"<>^`{|}'.includes(path.charAt(at)) ? encoded(code) : path.charAt(at)
      continue
    }
    const hex = path.slice(at + 1, at + 3)
    if (!/^[\da-f]{2}$/i.test(hex)) return refused('The path contains a percent sign without two hexadecimal digits.')
    const byte = Number.parseInt(hex, 16)
    if (byte < 0x20 || byte === 0x7f) return refused('The path contains an encoded control character.')
    if ((byte === 0x2f || byte === 0x5c) && encodedSlashes === 'refuse') {
      return refused('The path contains an encoded slash or backslash.')
    }
    const character = String.fromCharCode(byte)
    result += /[\w.~-]/.test(character) ? character : encoded(byte)
    at += 2
  }
  return result
}

function encoded(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

/** Removes dot segments by RFC 3986 section 5.2.4, but never above the root. */
function withoutDots(path: string, { mergeSlashes }: PathRules): string | Answer {
  const segments: string[] = []
  const given = path.split('/')
  const last = given.length - 1
  for (let at = 1; at <= last; at++) {
    const segment = given[at] ?? ''
    if (/^\.\.?;/.test(segment)) return refused('The path contains a dot segment with parameters.')
    if (segment === '..') {
      if (segments.pop() === undefined) return refused('The path leads above its root.')
    } else if (segment !== '.' && (segment !== '' || at === last || !mergeSlashes)) {
      segments.push(segment)
      continue
    } else if (segment === '') continue
    // A path that ends in a dot segment ends in a slash.
    if (at === last) segments.push('')
  }
  return `/${segments.join('/')}`
}
