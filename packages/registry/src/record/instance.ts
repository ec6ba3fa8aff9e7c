import type { AppliedOverride } from './override.ts'
import type { InstanceStatus, RegisteredStatus } from './status.ts'

/** The JSON value under `/services/<service>/<id>`. */
export interface InstanceRecord {
  readonly service: string
  readonly id: string
  readonly host: string
  readonly port: number
  readonly scheme?: string | undefined
  readonly version?: string | undefined
  readonly zone?: string | undefined
  readonly weight?: number | undefined
  readonly status: RegisteredStatus
  readonly tags?: readonly string[] | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  /** The process that registered it: the process id of its identity. */
  readonly process?: string | undefined
  /** ISO 8601, when the process registered first; re-registrations keep it. */
  readonly registeredAt: string
}

/** One instance of a service as a consumer sees it, whoever wrote its record. Deeply frozen. */
export interface Instance {
  readonly service: string
  /** Unique within the service: the last part of the key. */
  readonly id: string
  readonly host: string
  readonly port: number
  /** `host:port`, with brackets around an IPv6 address. */
  readonly address: string
  readonly scheme: string | undefined
  readonly version: string | undefined
  readonly zone: string | undefined
  /**
   * Its share of the traffic relative to the others, 0 to 65,535: an operator's, else the record's, else 1. 0 takes no
   * traffic.
   */
  readonly weight: number
  /** An operator's, else the record's. */
  readonly status: InstanceStatus
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  /** The process that registered it, as `services describe`, `config status` and the audit name it. */
  readonly process: string | undefined
  readonly registeredAt: string | undefined
  readonly key: string
  /** The store's revision at which the record was last written. */
  readonly revision: bigint
  /** What an operator has set for it, together with what its own record says. */
  readonly override: AppliedOverride | undefined
  /**
   * Its record is gone, but too many others went with it. It is shown as it was last known: see `GuardOptions`.
   */
  readonly suspect: boolean
}

/** A record that cannot be read, as a whole or in part. Other records are not affected. */
export interface RecordProblem {
  readonly key: string
  readonly message: string
  readonly revision: bigint
  /** Whether the record is an instance nevertheless: only the parts that the message names are ignored. */
  readonly isPartial: boolean
}
