import type { TlsFiles } from '@waypost/server'
import { UsageError } from '../../command-line/exit-codes.ts'

export interface TlsOptions {
  readonly certFile?: string
  readonly keyFile?: string
  readonly trustedCaFile?: string
  readonly clientCertAuth?: true
}

/** What the options say about TLS; `undefined` when it is not wanted. */
export function tlsFiles(options: TlsOptions): TlsFiles | undefined {
  const { certFile, keyFile, trustedCaFile, clientCertAuth } = options
  if (clientCertAuth && trustedCaFile === undefined)
    throw new UsageError('--client-cert-auth needs --trusted-ca-file: the authorities whose certificates are accepted.')
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile, trustedCaFile, clientCertAuth }
  if (certFile !== undefined || keyFile !== undefined) throw new UsageError('--cert-file and --key-file go together.')
  if (trustedCaFile !== undefined) throw new UsageError('--trusted-ca-file needs --cert-file and --key-file.')
  return undefined
}
