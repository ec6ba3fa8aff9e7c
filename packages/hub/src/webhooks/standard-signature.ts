import { createHmac, randomBytes } from 'node:crypto'

const mark = 'whsec_'

/** A new secret: 32 random bytes, written as the specification of Standard Webhooks asks. */
export function newSecret(): string {
  return mark + randomBytes(32).toString('base64')
}

/**
 * The headers that let a receiver check where a body comes from, and that nobody sends it again later.
 *
 * Source: Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(
  secret: string,
  { id, epochMs, body }: { readonly id: string; readonly epochMs: number; readonly body: string },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(epochMs / 1000))
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

/** A secret of another form is taken as it is. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(mark) ? Buffer.from(secret.slice(mark.length), 'base64') : Buffer.from(secret)
}
