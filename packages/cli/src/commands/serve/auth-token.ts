import type { AuthTokenOptions } from '@waypost/server'
import { UsageError } from '../../command-line/exit-codes.ts'
import { parseDurationMs } from '../../command-line/parse-values.ts'

const jwtOptions = ['sign-method', 'pub-key', 'priv-key', 'ttl']

/**
 * What `--auth-token` and `--auth-token-ttl` mean, as etcd understands them: `simple`, or `jwt` with its options behind
 * commas. The time to live is in the options of `jwt`, and in `--auth-token-ttl` for `simple`.
 */
export function authToken(spec: string | undefined, ttlSeconds: number | undefined): AuthTokenOptions | undefined {
  if (spec === undefined && ttlSeconds === undefined) return undefined
  const [kind, ...pairs] = (spec ?? 'simple').split(',')
  if (kind === 'simple' && pairs.length === 0) return { kind, ttlSeconds }
  if (kind !== 'jwt') throw new UsageError('--auth-token is `simple`, or `jwt,sign-method=RS256,priv-key=<file>,…`.')
  const options = new Map(pairs.map(pairOf))
  const signMethod = options.get('sign-method')
  if (signMethod === undefined) throw new UsageError('--auth-token jwt needs a sign-method, such as RS256.')
  return {
    kind,
    signMethod,
    publicKeyFile: options.get('pub-key'),
    privateKeyFile: options.get('priv-key'),
    ttlSeconds: lifetime(options.get('ttl')),
  }
}

function pairOf(pair: string): [string, string] {
  const [, name = '', value = ''] = /^([^=]*)=(.+)$/.exec(pair) ?? []
  if (!jwtOptions.includes(name))
    throw new UsageError(
      `--auth-token jwt takes ${jwtOptions.map((option) => `${option}=…`).join(', ')}, not \`${pair}\`.`,
    )
  return [name, value]
}

function lifetime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  try {
    return parseDurationMs(text) / 1_000
  } catch {
    throw new UsageError('The ttl of --auth-token is a length of time such as 10m.')
  }
}
