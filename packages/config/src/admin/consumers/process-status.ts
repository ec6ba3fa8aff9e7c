import { canaryFor } from '../../canary/assign.ts'
import type { AppliedRecord, AppliedState } from '../../records/applied.ts'
import type { CanariesRecord } from '../../records/canary.ts'
import type { ConsumerRecord } from '../../records/consumer.ts'

/** What one live process has made of a document. */
export interface ProcessStatus {
  /** The process's name in the store. */
  readonly process: string
  readonly app: string
  readonly profile: string | undefined
  readonly instance: string
  readonly version: string | undefined
  /** Measured by what the process should have now: `pending` also while it has what came before. */
  readonly state: AppliedState
  /** The canary that it should have; absent when it should have the released document. */
  readonly canary: string | undefined
  /** The release that it runs, as far as it knows. */
  readonly release: number | undefined
  /** Why it rejected what it should have. */
  readonly reason: string | undefined
  /** When it said so, by its own clock, ISO 8601; absent when it has not said anything yet. */
  readonly at: string | undefined
}

/** The texts that there are for a path now. */
export interface Targets {
  /** Of the released document; absent when there is none. */
  readonly checksum: string | undefined
  readonly canaries: CanariesRecord
}

/** Holds what a process has said against what it should have. */
export function processStatus(
  process: string,
  consumer: ConsumerRecord | undefined,
  applied: AppliedRecord | undefined,
  targets: Targets,
): ProcessStatus | undefined {
  const who = consumer ?? applied
  if (who === undefined) return undefined
  const { app, profile, instance, version } = who
  const canary = canaryFor(targets.canaries, { instance, zone: consumer?.zone, labels: consumer?.labels })
  const wanted = canary === undefined ? targets.checksum : canary.checksum
  // Of a document that is not there nothing need be said.
  const said = applied ?? (wanted === undefined ? { state: 'applied' as const, checksum: undefined } : undefined)
  const isCurrent = said !== undefined && said.checksum === wanted
  return {
    process,
    app,
    profile,
    instance,
    version,
    state: isCurrent ? said.state : 'pending',
    canary: canary?.name,
    release: applied?.release,
    reason: isCurrent ? applied?.reason : undefined,
    at: applied?.at,
  }
}
