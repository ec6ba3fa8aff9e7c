import { readFile } from 'node:fs/promises'
import { invalidArgument, messageOf } from '@waypost/core'
import type { RpcServerTlsOptions } from '@waypost/rpc/server'

/** Where the server's certificates are, as PEM files. */
export interface TlsFiles {
  /** The server's certificate, followed by those of the authorities between it and the root. */
  readonly certFile: string
  /** The certificate's private key. */
  readonly keyFile: string
  /** The authorities that sign clients' certificates. With it, a client must show one. */
  readonly trustedCaFile?: string | undefined
  /**
   * A client must show a certificate that `trustedCaFile` signed; while auth is on, its common name is the user when
   * the client brings no token. Default: whether `trustedCaFile` is given.
   */
  readonly clientCertAuth?: boolean | undefined
}

/** Reads the files. Throws `invalid-argument`, naming the file, when they cannot be used. */
export async function loadTlsFiles(files: TlsFiles): Promise<RpcServerTlsOptions> {
  const { certFile, keyFile, trustedCaFile, clientCertAuth = trustedCaFile !== undefined } = files
  if (clientCertAuth && trustedCaFile === undefined)
    throw invalidArgument('Client certificates can be asked for only together with a file of the authorities to trust.')
  const [cert, key, ca] = await Promise.all([
    read(certFile),
    read(keyFile),
    trustedCaFile === undefined ? undefined : read(trustedCaFile),
  ])
  check(`The certificate ${certFile} and the key ${keyFile} cannot be used`, { cert, key })
  if (ca !== undefined) check(`The authorities in ${trustedCaFile} cannot be used`, { ca })
  return { cert, key, ca, requestCert: clientCertAuth }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw invalidArgument(`The file ${file} cannot be read: ${messageOf(error)}`, error)
  }
}

function check(complaint: string, parts: { cert?: Buffer; key?: Buffer; ca?: Buffer }): void {
  try {
    if (parts.ca !== undefined && !parts.ca.includes('-----BEGIN CERTIFICATE-----'))
      throw new Error('there is no certificate in it')
    process.getBuiltinModule('node:tls').createSecureContext(parts)
  } catch (error) {
    throw invalidArgument(`${complaint}: ${messageOf(error)}`, error)
  }
}
