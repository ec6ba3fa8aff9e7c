import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { HubDnsOptions, HubTlsOptions } from '@waypost/hub'
import type { LogFormat, LogLevel } from './server-logger.ts'

/** How the hub beside a store is started. */
export interface HubThreadOptions {
  readonly endpoints: string
  readonly storeTls?: { readonly rejectUnauthorized: boolean; readonly certFile?: string; readonly keyFile?: string }
  /** Where the clients of the store need certificates, so do those of the hub. */
  readonly tls?: HubTlsOptions
  /** Of the store, for this process alone. */
  readonly auth: { readonly username: string; readonly password: string; readonly optional: true }
  readonly port: number
  readonly sessionSecret: string
  readonly dns: HubDnsOptions | undefined
}

/** What a hub in a thread is told to do. */
export type HubOrder = 'close' | 'reload'

export interface HubThreadData {
  readonly options: HubThreadOptions
  /** Whether the port was asked for; another one will not do then. */
  readonly isPortGiven: boolean
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

export type HubThreadMessage =
  | {
      readonly kind: 'ready'
      readonly url: string
      readonly dns: { readonly host: string; readonly port: number } | undefined
    }
  | { readonly kind: 'failed'; readonly message: string }

/** A hub in a thread of its own. */
export class HubThread implements AsyncDisposable {
  readonly #worker: Worker
  readonly #exited: Promise<unknown>
  /** Its address, or why it has none. */
  readonly started: Promise<HubThreadMessage>

  constructor(data: HubThreadData) {
    this.#worker = new Worker(new URL('./hub-worker.js', import.meta.url), { workerData: data, execArgv: [] })
    this.#exited = once(this.#worker, 'exit')
    this.started = new Promise((resolve) => {
      this.#worker.once('message', resolve)
      this.#worker.once('error', (error) => resolve({ kind: 'failed', message: error.message }))
    })
  }

  /** Lets it read the certificates again. */
  reloadCertificates(): void {
    this.#tell('reload')
  }

  /** Lets it close; cut off after `timeoutMs`. */
  async close(timeoutMs = 6_000): Promise<void> {
    this.#tell('close')
    const timer = setTimeout(() => void this.#worker.terminate(), timeoutMs)
    await this.#exited
    clearTimeout(timer)
  }

  #tell(order: HubOrder): void {
    this.#worker.postMessage(order)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
