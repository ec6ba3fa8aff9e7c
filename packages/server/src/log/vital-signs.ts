import { X509Certificate } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { type Clock, systemClock, type Timer } from '@waypost/core'
import { AlarmType } from '@waypost/protocol'
import type { ServerLog } from './server-log.ts'

/** What is looked at. */
export interface VitalSource {
  readonly compactRevision: number
  readonly takesWrites: boolean
  readonly size: { readonly bytes: number }
  readonly quota: { readonly bytes: number }
  readonly alarms: readonly { readonly alarm: number }[]
  /** Leases that have expired since the start. */
  readonly expiredLeases: number
}

export interface VitalSignsOptions {
  readonly log: ServerLog
  readonly source: VitalSource
  readonly dataDir: string | undefined
  readonly clock?: Clock | undefined
}

const lookIntervalMs = 10_000

/** Before what is nearly full is said again. */
const repeatMs = 3_600_000
const dayMs = 24 * 3_600_000

const nearlyFull = 0.8
const certificateDays = 30

/** More leases than this that end within one interval are more than processes that stopped. */
const manyLeases = 10

/** Looks now and then at what fills up or ends, and writes it before it has. */
export class VitalSigns {
  readonly #options: VitalSignsOptions
  readonly #clock: Clock
  readonly #saidAtMs = new Map<string, number>()
  readonly #alarms = new Set<number>()
  #compactRevision: number
  #expiredLeases: number
  #tookWrites = true
  #certificate: X509Certificate | undefined
  #timer: Timer | undefined

  constructor(options: VitalSignsOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#compactRevision = options.source.compactRevision
    this.#expiredLeases = options.source.expiredLeases
  }

  start(): void {
    if (!this.#options.log.isOn) return
    this.#look()
    this.#timer = this.#clock.after(lookIntervalMs, () => this.start(), { ref: false })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** @param pem the server's certificate; undefined without TLS */
  watchCertificate(pem: string | Uint8Array | undefined): void {
    if (!this.#options.log.isOn) return
    this.#certificate = pem === undefined ? undefined : new X509Certificate(pem)
    this.#saidAtMs.delete('certificate')
  }

  #look(): void {
    const { log, source } = this.#options
    if (source.compactRevision > this.#compactRevision) log.write('compacted', { revision: source.compactRevision })
    this.#compactRevision = source.compactRevision
    const expired = source.expiredLeases - this.#expiredLeases
    if (expired >= manyLeases) log.write('leases-expired', { count: expired, withinMs: lookIntervalMs })
    this.#expiredLeases = source.expiredLeases
    for (const { alarm } of source.alarms) {
      if (alarm === AlarmType.NONE || this.#alarms.has(alarm)) continue
      this.#alarms.add(alarm)
      log.write('alarm-raised', { alarm: alarm === AlarmType.NOSPACE ? 'NOSPACE' : 'CORRUPT' })
    }
    for (const alarm of this.#alarms)
      if (!source.alarms.some((raised) => raised.alarm === alarm)) this.#alarms.delete(alarm)
    if (this.#tookWrites && !source.takesWrites) log.write('writes-stopped')
    this.#tookWrites = source.takesWrites
    this.#lookAtQuota()
    this.#lookAtCertificate()
    void this.#lookAtDisk()
  }

  #lookAtQuota(): void {
    const { log, source } = this.#options
    const share = source.quota.bytes > 0 ? source.size.bytes / source.quota.bytes : 0
    if (share < nearlyFull || !this.#mayRepeat('quota', repeatMs)) return
    log.write('quota-nearly-reached', { bytes: source.size.bytes, quotaBytes: source.quota.bytes })
  }

  #lookAtCertificate(): void {
    if (this.#certificate === undefined) return
    const days = (Date.parse(this.#certificate.validTo) - this.#clock.epochMs()) / dayMs
    if (days > certificateDays || !this.#mayRepeat('certificate', dayMs)) return
    this.#options.log.write('certificate-expires', { at: this.#certificate.validTo, days: Math.floor(days) })
  }

  async #lookAtDisk(): Promise<void> {
    const { dataDir, log } = this.#options
    if (dataDir === undefined) return
    try {
      const { bavail, blocks, bsize } = await statfs(dataDir)
      const freeBytes = bavail * bsize
      if (freeBytes > blocks * bsize * (1 - nearlyFull) || !this.#mayRepeat('disk', repeatMs)) return
      log.write('disk-nearly-full', { directory: dataDir, freeBytes })
    } catch {
      // Where the system does not say, writes will.
    }
  }

  #mayRepeat(what: string, afterMs: number): boolean {
    const nowMs = this.#clock.monotonicMs()
    const saidAtMs = this.#saidAtMs.get(what)
    if (saidAtMs !== undefined && nowMs - saidAtMs < afterMs) return false
    this.#saidAtMs.set(what, nowMs)
    return true
  }
}
