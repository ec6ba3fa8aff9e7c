import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { TlsFiles } from '@waypost/server'
import { UsageError } from '../../command-line/exit-codes.ts'
import type { HubThreadOptions } from './hub-thread.ts'

/** `id-kp-clientAuth` of RFC 5280. */
const forClients = '1.3.6.1.5.5.7.3.2'

export interface HubCertificateOptions {
  readonly hubCertFile?: string
  readonly hubKeyFile?: string
}

/**
 * How the hub beside a store reaches it, and serves itself. Whom the store lets in by certificate alone, the hub does
 * too. `undefined` when it has no certificate that the store would take.
 */
export async function hubTlsOf(
  tls: TlsFiles | undefined,
  { hubCertFile, hubKeyFile }: HubCertificateOptions,
): Promise<Pick<HubThreadOptions, 'storeTls' | 'tls'> | undefined> {
  if ((hubCertFile === undefined) !== (hubKeyFile === undefined)) {
    throw new UsageError('--hub-cert-file and --hub-key-file go together.')
  }
  if (tls === undefined) return {}
  // This very process, by an address that need not be in its certificate.
  const storeTls = { rejectUnauthorized: false }
  const { trustedCaFile, clientCertAuth = trustedCaFile !== undefined } = tls
  if (!clientCertAuth) return { storeTls }
  const [certFile, keyFile] = [hubCertFile ?? tls.certFile, hubKeyFile ?? tls.keyFile]
  if (!(await isForClients(certFile))) return undefined
  return {
    storeTls: { ...storeTls, certFile, keyFile },
    tls: { certFile: tls.certFile, keyFile: tls.keyFile, trustedCaFile, clientCertAuth },
  }
}

/** A certificate that does not say what it is for is for everything. */
async function isForClients(file: string): Promise<boolean> {
  // Some certificates have none: the declaration does not say so.
  const purposes: readonly string[] | undefined = new X509Certificate(await readFile(file)).keyUsage
  return purposes === undefined || purposes.includes(forClients)
}
