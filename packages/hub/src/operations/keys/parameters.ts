import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { digits, object, oneOf } from '../../operation/schemas.ts'

export const keyParams = object({
  key: Type.String({
    minLength: 1,
    maxLength: 8_192,
    description: 'The key, its slashes written as `%2F`; or its bytes as base64, with `keyEncoding=base64`.',
  }),
})

export const keyEncoding = Type.Optional(
  oneOf(['utf8', 'base64'], 'How the key is written: for keys that are no text. Default `utf8`.'),
)

export const atRevision = Type.Optional(digits('As of this revision. Default the newest.'))

/** A key as the client takes it. */
export function keyOf(key: string, encoding: 'utf8' | 'base64' = 'utf8'): string | Uint8Array {
  if (encoding === 'utf8') return key
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length === 0 || bytes.toString('base64').replace(/=+$/, '') !== key.replace(/=+$/, '')) {
    throw new WaypostError('invalid-argument', 'The key is not base64, as keyEncoding says.')
  }
  return bytes
}

export function revisionOf(revision: string | undefined): { readonly revision?: bigint } {
  return revision === undefined || revision === '0' ? {} : { revision: BigInt(revision) }
}

/** A lease as it stands in addresses: hexadecimal, as `etcdctl` prints it. */
export const leaseParams = object({
  lease: Type.String({
    pattern: '^[0-9a-fA-F]{1,16}$',
    description: 'The lease, in hexadecimal.',
    'x-expected': 'a lease in hexadecimal',
  }),
})

export function leaseOf(text: string): bigint {
  return BigInt.asIntN(64, BigInt(`0x${text}`))
}
