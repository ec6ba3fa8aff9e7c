/** A compact JWS whose parts could be read. Nothing of it is to be believed before its signature was verified. */
export interface Jws {
  readonly alg: string
  readonly claims: Readonly<Record<string, unknown>>
  /** What the signature is of. */
  readonly signed: Buffer
  readonly signature: Buffer
}

/** Longer ones are no tokens: the largest signature takes 1.4 KiB. */
const maxChars = 16 * 1024

const compactForm = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/

/** Undefined when the text is no compact JWS, or asks for an extension, none of which is known here. RFC 7515. */
export function parseJws(text: string): Jws | undefined {
  if (text.length > maxChars) return undefined
  const [, header = '', payload = '', signature = ''] = compactForm.exec(text) ?? []
  const fields = objectIn(header)
  const claims = objectIn(payload)
  if (typeof fields?.alg !== 'string' || fields.crit !== undefined || claims === undefined) return undefined
  return {
    alg: fields.alg,
    claims,
    signed: Buffer.from(`${header}.${payload}`, 'latin1'),
    signature: Buffer.from(signature, 'base64url'),
  }
}

function objectIn(base64url: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
