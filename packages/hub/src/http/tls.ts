import { readFile } from 'node:fs/promises'
import { messageOf, WaypostError } from '@waypost/core'
import type { RpcServerTlsOptions } from '@waypost/rpc/server'
import type { HubTlsOptions } from '../hub-options.ts'

/** Reads the certificate files. Fails with `invalid-argument`, which names the file. */
export async function readTls(options: HubTlsOptions): Promise<RpcServerTlsOptions> {
  const { certFile, keyFile, trustedCaFile, clientCertAuth } = options
  const [cert, key, ca] = await Promise.all([read(certFile), read(keyFile), trustedCaFile && read(trustedCaFile)])
  return { cert, key, ca: ca || undefined, requestCert: clientCertAuth }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new WaypostError('invalid-argument', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
