import { readFile } from 'node:fs/promises'
import { messageOf } from '@waypost/core'
import type { CertificatePair } from '@waypost/gateway'
import { UsageError } from '../../command-line/exit-codes.ts'

export interface CertificateOptions {
  readonly certFile?: string[]
  readonly keyFile?: string[]
}

/** The certificates in files; `undefined` when there are none. Throws a `UsageError` for files that do not fit. */
export async function readCertificateFiles(options: CertificateOptions): Promise<CertificatePair[] | undefined> {
  const { certFile = [], keyFile = [] } = options
  if (certFile.length !== keyFile.length) throw new UsageError('--cert-file and --key-file name as many files each.')
  if (certFile.length === 0) return undefined
  return await Promise.all(
    certFile.map(async (file, index) => ({
      cert: await read('--cert-file', file),
      key: await read('--key-file', keyFile[index] ?? ''),
    })),
  )
}

export async function read(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${messageOf(error)}`)
  }
}
