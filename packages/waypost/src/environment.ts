import { WaypostError } from '@waypost/core'

/** What the environment says of the store: from `WAYPOST_<NAME>`, else from `ETCDCTL_<NAME>`. Empty counts as unset. */
export interface StoreEnvironment {
  /** `ENDPOINTS`, separated by commas. */
  readonly endpoints: string | undefined
  /** `USER` and `PASSWORD`; the user may be `name:password`. A user without a password has none here. */
  readonly username: string | undefined
  readonly password: string | undefined
  /** `WAYPOST_NAMESPACE`. */
  readonly namespace: string | undefined
  /** `WAYPOST_TIMEOUT` or `ETCDCTL_COMMAND_TIMEOUT`, such as `5s` or `1m30s`, in milliseconds. */
  readonly timeoutMs: number | undefined
  /** `CACERT`, `CERT` and `KEY`: paths of PEM files. */
  readonly caFile: string | undefined
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
  /** `INSECURE_SKIP_TLS_VERIFY=true`: any certificate is accepted. */
  readonly trustAll: boolean
}

export type Variables = Readonly<Record<string, string | undefined>>

/** Reads the variables. Throws `invalid-argument` for a timeout that is none. */
export function readEnvironment(variables: Variables = process.env): StoreEnvironment {
  const read = (name: string): string | undefined =>
    variables[`WAYPOST_${name}`] || variables[`ETCDCTL_${name}`] || undefined
  return {
    endpoints: read('ENDPOINTS'),
    ...splitUser(read('USER'), read('PASSWORD')),
    namespace: variables.WAYPOST_NAMESPACE || undefined,
    timeoutMs: readTimeout(variables),
    caFile: read('CACERT'),
    certFile: read('CERT'),
    keyFile: read('KEY'),
    trustAll: read('INSECURE_SKIP_TLS_VERIFY') === 'true',
  }
}

/** The tutorials set the user and the password apart, etcdctl also takes `user:password`. */
function splitUser(
  user: string | undefined,
  password: string | undefined,
): Pick<StoreEnvironment, 'username' | 'password'> {
  const colon = user?.indexOf(':') ?? -1
  if (user === undefined || colon === -1) return { username: user, password }
  return { username: user.slice(0, colon), password: user.slice(colon + 1) }
}

function readTimeout(variables: Variables): number | undefined {
  const name = variables.WAYPOST_TIMEOUT ? 'WAYPOST_TIMEOUT' : 'ETCDCTL_COMMAND_TIMEOUT'
  const text = variables[name]
  if (!text) return undefined
  const timeoutMs = parseDuration(text)
  if (timeoutMs !== undefined) return timeoutMs
  throw new WaypostError('invalid-argument', `${name} must be a time such as 5s or 500ms, not ${text}.`)
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Reads what Go's `time.ParseDuration` reads, down to milliseconds. */
function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  let sumMs = 0
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    sumMs += Number(amount) * (unitMs[unit] ?? Number.NaN)
  }
  return sumMs > 0 ? sumMs : undefined
}
