import { readFile } from 'node:fs/promises'
import { messageOf } from '@waypost/core'
import type { CertificatePair } from '@waypost/gateway'
import { UsageError } from '../../command-line/exit-codes.ts'

export interface CertificateOptions {
  readonly certFile?: string[]
  readonly keyFile?: string[]
}

/** The certificates in files; `undefined` when there are none. Throws a `UsageError` for files that do not fit. */
async function readCertificateFiles(options: CertificateOptions): Promise<CertificatePair[] | undefined> {
  const { certFile = [], keyFile = [] } = options
  if (certFile.length !== keyFile.length)
    throw new UsageError('--cert-file and --key-file must name the same number of files.')
  if (certFile.length === 0) return undefined
  return await Promise.all(
    certFile.map(async (file, index) => ({
      cert: await read('--cert-file', file),
      key: await read('--key-file', keyFile[index] ?? ''),
    })),
  )
}

/** How often the files are looked at. */
const lookMs = 2_000

/**
 * Certificates in files, read again while the gateway runs: when a file has changed, within some seconds, and whenever
 * somebody asks.
 */
export class CertificateFiles implements Disposable {
  readonly #options: CertificateOptions
  #pairs: CertificatePair[]
  #timer: NodeJS.Timeout | undefined

  private constructor(options: CertificateOptions, pairs: CertificatePair[]) {
    this.#options = options
    this.#pairs = pairs
  }

  /** `undefined` when no files are named. */
  static async open(options: CertificateOptions): Promise<CertificateFiles | undefined> {
    const pairs = await readCertificateFiles(options)
    return pairs && new CertificateFiles(options, pairs)
  }

  get pairs(): CertificatePair[] {
    return this.#pairs
  }

  /** Reads the files now; `undefined` when they are what they were. Throws when one cannot be read. */
  async changed(): Promise<CertificatePair[] | undefined> {
    const pairs = (await readCertificateFiles(this.#options)) ?? []
    if (textOf(pairs) === textOf(this.#pairs)) return undefined
    this.#pairs = pairs
    return pairs
  }

  /** Tells `use` of every change until disposed of, and `onError` once of each that cannot be used. */
  follow(use: (pairs: CertificatePair[]) => void, onError: (error: unknown) => void): void {
    let told = ''
    const look = async (): Promise<void> => {
      try {
        const pairs = await this.changed()
        if (pairs) use(pairs)
        told = ''
      } catch (error) {
        if (told !== messageOf(error)) onError(error)
        told = messageOf(error)
      }
    }
    this.#timer = setInterval(() => void look(), lookMs).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

function textOf(pairs: readonly CertificatePair[]): string {
  return pairs.map(({ cert, key }) => `${cert}\n${key}`).join('\n')
}

export async function read(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${messageOf(error)}`)
  }
}
