import { readFile } from 'node:fs/promises'
import type { EtcdClientOptions } from '@waypost/client'
import { messageOf } from '@waypost/core'
import { UsageError } from './exit-codes.ts'
import type { GlobalOptions } from './global-options.ts'
import { parseDurationMs } from './parse-values.ts'
import { promptPassword } from './password-prompt.ts'

const defaultTimeoutMs = 5000
const defaultEndpoint = 'http://127.0.0.1:2379'

export type StoreOptions = EtcdClientOptions & { readonly timeoutMs: number }

/** The client's options: from the command line, else from `WAYPOST_…`, else from `ETCDCTL_…`. */
export async function storeOptions(options: GlobalOptions): Promise<StoreOptions> {
  return {
    endpoints: options.endpoints ?? fromEnvironment('ENDPOINTS') ?? defaultEndpoint,
    auth: await credentials(options),
    tls: await tlsOf(options),
    namespace: options.namespace ?? fromEnvironment('NAMESPACE'),
    timeoutMs: options.timeout ?? timeoutFromEnvironment() ?? defaultTimeoutMs,
  }
}

/** `--password` leaves the user's name whole, as with etcdctl; a password on the command line beats the environment's. */
async function credentials(options: GlobalOptions): Promise<StoreOptions['auth']> {
  const user = options.user ?? fromEnvironment('USER')
  if (user === undefined) return undefined
  if (options.password !== undefined) return { username: user, password: options.password }
  const colon = user.indexOf(':')
  if (colon >= 0) return { username: user.slice(0, colon), password: user.slice(colon + 1) }
  return { username: user, password: fromEnvironment('PASSWORD') ?? (await promptPassword(user)) }
}

async function tlsOf(options: GlobalOptions): Promise<StoreOptions['tls']> {
  const cacert = options.cacert ?? fromEnvironment('CACERT')
  const cert = options.cert ?? fromEnvironment('CERT')
  const key = options.key ?? fromEnvironment('KEY')
  const trustAll = options.insecureSkipTlsVerify ?? fromEnvironment('INSECURE_SKIP_TLS_VERIFY') === 'true'
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together.')
  if (cacert === undefined && cert === undefined && !trustAll) return undefined
  return {
    ca: await readPem('--cacert', cacert),
    cert: await readPem('--cert', cert),
    key: await readPem('--key', key),
    rejectUnauthorized: !trustAll,
  }
}

async function readPem(option: string, file: string | undefined): Promise<Uint8Array | undefined> {
  if (file === undefined) return undefined
  try {
    return await readFile(file)
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${messageOf(error)}`)
  }
}

function timeoutFromEnvironment(): number | undefined {
  const text = process.env.WAYPOST_TIMEOUT || process.env.ETCDCTL_COMMAND_TIMEOUT
  try {
    return text ? parseDurationMs(text) : undefined
  } catch (error) {
    throw new UsageError(`The timeout in the environment is unreadable: ${messageOf(error)}`)
  }
}

function fromEnvironment(name: string): string | undefined {
  return process.env[`WAYPOST_${name}`] || process.env[`ETCDCTL_${name}`] || undefined
}
