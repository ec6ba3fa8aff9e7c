import { readFile } from 'node:fs/promises'
import type { EtcdClientOptions } from '@waypost/client'
import { messageOf } from '@waypost/core'
import { readEnvironment, type StoreEnvironment } from 'waypost/environment'
import { UsageError } from '../command-line/exit-codes.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { passwordFrom } from './password-from.ts'
import { loginPassword } from './password-prompt.ts'
import { defaultEndpoint } from './store-target.ts'

/** Of the commands that run: a password is asked for once. */
const known = new WeakMap<GlobalOptions, Promise<EtcdClientOptions>>()

/** The client's options: from the command line and its context, else from the environment. Asks for a password when there is none. */
export function storeOptions(options: GlobalOptions): Promise<EtcdClientOptions> {
  const found = known.get(options) ?? readStoreOptions(options)
  known.set(options, found)
  return found
}

async function readStoreOptions(options: GlobalOptions): Promise<EtcdClientOptions> {
  const environment = fromEnvironment()
  return {
    endpoints: options.endpoints ?? environment.endpoints ?? defaultEndpoint,
    auth: await credentials(options, environment),
    tls: await tlsOf(options, environment),
    namespace: options.namespace ?? environment.namespace,
    timeoutMs: options.timeout ?? environment.timeoutMs,
  }
}

function fromEnvironment(): StoreEnvironment {
  try {
    return readEnvironment()
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

/** `--password` leaves the user's name whole, as with etcdctl. The environment's password is its own user's. */
async function credentials(options: GlobalOptions, environment: StoreEnvironment): Promise<EtcdClientOptions['auth']> {
  const user = options.user ?? environment.username
  if (user === undefined) return undefined
  if (options.password !== undefined) return { username: user, password: options.password }
  const colon = options.user?.indexOf(':') ?? -1
  if (colon >= 0) return { username: user.slice(0, colon), password: user.slice(colon + 1) }
  if (options.passwordSource !== undefined) {
    return { username: user, password: await passwordFrom(options.passwordSource, user) }
  }
  const known = environment.username === undefined || environment.username === user ? environment.password : undefined
  return { username: user, password: known ?? (await loginPassword(user)) }
}

async function tlsOf(options: GlobalOptions, environment: StoreEnvironment): Promise<EtcdClientOptions['tls']> {
  const ca = options.cacert ?? environment.caFile
  const cert = options.cert ?? environment.certFile
  const key = options.key ?? environment.keyFile
  const trustAll = options.insecureSkipTlsVerify ?? environment.trustAll
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together.')
  if (ca === undefined && cert === undefined && !trustAll) return undefined
  return {
    ca: await readPem('--cacert', ca),
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
