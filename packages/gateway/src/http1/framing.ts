/** What the headers of a message say of its body and its connection. */
export interface Framing {
  /** As `Content-Length` gives it; -1 without one. */
  readonly contentLength: number
  readonly isChunked: boolean
  /** Where the message ends, two programs could see differently. */
  readonly isAmbiguous: boolean
  /** A transfer encoding other than chunked alone. */
  readonly hasUnknownEncoding: boolean
  /** Options of `Connection`. */
  readonly closes: boolean
  readonly keepsAlive: boolean
  readonly upgrades: boolean
}

const plainLength = /^\d{1,15}$/

/**
 * Reads the headers that frame a message. A second `Content-Length`, even an equal one, and one together with a
 * transfer encoding are ambiguous.
 *
 * Source: RFC 9112, sections 6.1 to 6.3 and 9.3.
 */
export function framingOf(fields: readonly string[]): Framing {
  let contentLength = -1
  let encodings = 0
  let isAmbiguous = false
  let hasUnknownEncoding = false
  let closes = false
  let keepsAlive = false
  let upgrades = false
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? ''
    switch (name.length) {
      case 10: {
        if (!is(name, 'connection')) break
        const value = fields[index + 1] ?? ''
        // As most programs send it.
        if (value === 'keep-alive') {
          keepsAlive = true
          break
        }
        for (const option of optionsOf(value)) {
          if (option === 'close') closes = true
          else if (option === 'keep-alive') keepsAlive = true
          else if (option === 'upgrade') upgrades = true
        }
        break
      }
      case 14: {
        if (!is(name, 'content-length')) break
        const value = fields[index + 1] ?? ''
        if (contentLength !== -1 || !plainLength.test(value)) isAmbiguous = true
        contentLength = Number(value)
        break
      }
      case 17: {
        if (!is(name, 'transfer-encoding')) break
        encodings += 1
        if (!is(fields[index + 1] ?? '', 'chunked')) hasUnknownEncoding = true
      }
    }
  }
  if (encodings > 1 || (encodings === 1 && contentLength !== -1)) isAmbiguous = true
  return {
    contentLength,
    isChunked: encodings === 1 && !hasUnknownEncoding,
    isAmbiguous,
    hasUnknownEncoding,
    closes,
    keepsAlive,
    upgrades,
  }
}

/** @param lower in lower case */
function is(text: string, lower: string): boolean {
  return text === lower || text.toLowerCase() === lower
}

function optionsOf(value: string): readonly string[] {
  const lower = value.toLowerCase()
  return lower.includes(',') ? lower.split(',').map((option) => option.trim()) : [lower]
}
