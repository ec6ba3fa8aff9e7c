import { readFileSync } from 'node:fs'
import { invalidArgument, messageOf } from '@waypost/core'
import { anyOf, boolean, kindOf, listOf, type OptionKinds, text } from '@waypost/core/options'
import type { RpcClientTlsOptions } from '@waypost/rpc/client'

/** Trust and identity: PEM texts, or files that hold them. A file takes precedence. */
export interface EtcdTlsOptions extends RpcClientTlsOptions {
  /** File with the authorities to trust, instead of the system's. */
  readonly caFile?: string | undefined
  /** File with the client's own certificate chain. */
  readonly certFile?: string | undefined
  /** File with the client's private key. */
  readonly keyFile?: string | undefined
}

const pem = anyOf(
  text,
  kindOf<Uint8Array>('bytes', (value) => value instanceof Uint8Array),
)

export const tlsOptionKinds: OptionKinds<EtcdTlsOptions> = {
  ca: anyOf(
    text,
    kindOf<Uint8Array>('bytes', (value) => value instanceof Uint8Array),
    listOf(pem),
  ),
  cert: pem,
  key: pem,
  servername: text,
  rejectUnauthorized: boolean,
  caFile: text,
  certFile: text,
  keyFile: text,
}

/** Gives what a new connection is made with, as it is at that moment. */
export type TlsSource = () => RpcClientTlsOptions

/**
 * Files are read for every new connection, so that a renewed certificate is used without a restart.
 * Fails with `invalid-argument` when a file cannot be read now.
 */
export function tlsSource(tls: EtcdTlsOptions | TlsSource | undefined): TlsSource | undefined {
  if (tls === undefined || typeof tls === 'function') return tls
  const { caFile, certFile, keyFile, ...rest } = tls
  const given = Object.freeze(rest)
  if (caFile === undefined && certFile === undefined && keyFile === undefined) return () => given
  const read = (): RpcClientTlsOptions => ({
    ...given,
    ...(caFile === undefined ? {} : { ca: readPem('caFile', caFile) }),
    ...(certFile === undefined ? {} : { cert: readPem('certFile', certFile) }),
    ...(keyFile === undefined ? {} : { key: readPem('keyFile', keyFile) }),
  })
  read()
  return read
}

function readPem(option: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw invalidArgument(`tls.${option} cannot be read: ${messageOf(cause)}`, cause)
  }
}
