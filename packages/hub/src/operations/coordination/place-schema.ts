import Type, { type Static } from 'typebox'
import type { Sendable } from '../../operation/responses.ts'
import { digits, object } from '../../operation/schemas.ts'
import type { Place } from './places.ts'

export const lineName = (what: string) =>
  Type.String({
    minLength: 1,
    maxLength: 1_024,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description: `${what}, its slashes written as \`%2F\`.`,
    'x-expected': 'text without control characters',
  })

export const session = digits('The session: see `POST /v1/sessions`.')

export const ownerValue = Type.Optional(
  Type.String({ maxLength: 4_096, description: 'A value of the session, for others to read.' }),
)

export const placeSchema = object({
  session: digits('The id of its lease.'),
  key: Type.String(),
  token: digits('The fencing token. It only rises; a resource that refuses lower ones is safe.'),
  value: Type.String(),
})

export function placeJson({ lease, key, token, value }: Place): Sendable<Static<typeof placeSchema>> {
  return { session: String(lease), key, token: String(token), value }
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `30s` in milliseconds; at most 5 minutes, as a request does not wait longer. */
export function waitMs(text: string | undefined): number {
  const [, amount = '0', unit = 's'] = /^(\d+)(ms|s|m|h)?$/.exec(text ?? '0') ?? []
  return Math.min(Number(amount) * (unitMs[unit] ?? 1_000), 300_000)
}
