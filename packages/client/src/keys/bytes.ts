import { isUint8Array } from 'node:util/types'
import { invalidArgument } from '@waypost/core'

/**
 * Text as UTF-8, and bytes as they are. Anything else, which programs without types may pass, is refused before it is
 * written as something else.
 * @param name what it is, for the error: `A key`
 */
export function bytesOf(given: string | Uint8Array, name: string): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given)
  if (isUint8Array(given)) return given
  const kind = given === null ? 'null' : typeof given
  const cure = kind === 'object' ? '; write objects with JSON.stringify' : ''
  throw invalidArgument(`${name} must be a string or a Uint8Array, not ${kind}${cure}.`)
}
