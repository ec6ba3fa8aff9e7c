import { type Clock, WaypostError } from '@waypost/core'
import type { JwtKeyFiles } from './jwt-keys.ts'
import { SimpleTokens } from './simple-tokens.ts'
import type { TokenProvider } from './token-provider.ts'

/** What users are given when they log in. */
export type AuthTokenOptions =
  | {
      /** Random letters, known to this server alone and gone when it stops. */
      readonly kind: 'simple'
      /** How long a token lives after its last use, in seconds. Default 300. */
      readonly ttlSeconds?: number | undefined
    }
  | ({
      /** Signed tokens, which every server with the same keys accepts. */
      readonly kind: 'jwt'
      /** How long a token lives, in seconds. Default 300. */
      readonly ttlSeconds?: number | undefined
    } & JwtKeyFiles)

const maxTtlMs = 100 * 366 * 24 * 3_600_000

/** Throws `invalid-argument` when a key cannot be used. */
export async function tokenProvider(
  options: AuthTokenOptions | undefined,
  clock?: Clock,
  onWarning?: (message: string) => void,
): Promise<TokenProvider> {
  const ttlMs = options?.ttlSeconds === undefined ? undefined : options.ttlSeconds * 1_000
  if (ttlMs !== undefined && !(ttlMs > 0 && ttlMs <= maxTtlMs))
    throw new WaypostError(
      'invalid-argument',
      `The time that tokens live must be above 0 and at most 100 years, not ${options?.ttlSeconds} s.`,
    )
  if (options?.kind !== 'jwt') return new SimpleTokens({ clock, ttlMs })
  // Loaded only by who needs them, as few do.
  const [{ loadJwtKeys }, { JwtTokens }] = await Promise.all([import('./jwt-keys.ts'), import('./jwt-tokens.ts')])
  return new JwtTokens({ keys: await loadJwtKeys(options, onWarning), clock, ttlMs })
}
