import type { ConfigObject, LiveConfig } from '@waypost/config'
import type { ConfigCenter } from '@waypost/config/admin'
import type { CertificatePair } from '@waypost/gateway'
import { UsageError } from '../../command-line/exit-codes.ts'

/**
 * Certificates in a configuration document, live: `certificates: [{ cert: <PEM>, key: <PEM> }]`. Keys should be secret
 * values of the configuration, which are decrypted here.
 */
export class StoredCertificates implements AsyncDisposable {
  readonly #live: LiveConfig<ConfigObject>
  readonly #path: string

  private constructor(live: LiveConfig<ConfigObject>, path: string) {
    this.#live = live
    this.#path = path
  }

  static async open(config: ConfigCenter, path: string, timeoutMs: number): Promise<StoredCertificates> {
    const live: LiveConfig<ConfigObject> = await config.load({
      app: 'gateway',
      imports: [path],
      importsOnly: true,
      timeoutMs,
    })
    return new StoredCertificates(live, path)
  }

  get pairs(): CertificatePair[] {
    return pairsOf(this.#live.current, this.#path)
  }

  /** Tells `use` of every change that can be read, and `onError` of the others, until it is closed. */
  async follow(use: (pairs: CertificatePair[]) => void, onError: (error: unknown) => void): Promise<void> {
    for await (const { current } of this.#live.changes()) {
      try {
        use(pairsOf(current, this.#path))
      } catch (error) {
        onError(error)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#live.close()
  }
}

function pairsOf(value: unknown, path: string): CertificatePair[] {
  const list = typeof value === 'object' && value !== null && 'certificates' in value ? value.certificates : undefined
  const pairs = Array.isArray(list) ? list.map(pairOf) : []
  const valid = pairs.filter((pair) => pair !== undefined)
  if (valid.length > 0 && valid.length === pairs.length) return valid
  throw new UsageError(
    `${path} must hold a list \`certificates\` of objects with \`cert\` and \`key\`, both PEM texts.`,
  )
}

function pairOf(value: unknown): CertificatePair | undefined {
  if (typeof value !== 'object' || value === null || !('cert' in value) || !('key' in value)) return undefined
  const { cert, key } = value
  return typeof cert === 'string' && typeof key === 'string' ? { cert, key } : undefined
}
