/** The value of a cookie in a `Cookie` header; `undefined` when it is not there. The first one counts. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  for (let at = 0; at < header.length; ) {
    const next = header.indexOf(';', at)
    const end = next === -1 ? header.length : next
    const equals = header.indexOf('=', at)
    if (equals !== -1 && equals < end && header.slice(at, equals).trim() === name) {
      return header.slice(equals + 1, end).trim()
    }
    at = end + 1
  }
  return undefined
}

/** A `Cookie` header without one cookie; `undefined` when nothing is left. */
export function withoutCookie(header: string, name: string): string | undefined {
  const kept = header.split(';').filter((part) => part.slice(0, part.indexOf('=')).trim() !== name)
  const text = kept.join(';').trim()
  return text === '' ? undefined : text
}
