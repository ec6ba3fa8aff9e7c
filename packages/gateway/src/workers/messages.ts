import type { CallResult, Instance } from '@waypost/registry'
import type { RouteSpec, RoutesDocument } from '../document/routes-document.ts'
import type { PlaneSettings } from '../gateway-options.ts'
import type { GatewayCounts } from '../metrics/gateway-metrics.ts'
import type { SharedRateOptions } from '../policies/policy-parts.ts'
import type { Target } from '../routes/target.ts'
import type { CertificatePair } from '../server/certificates.ts'

/** The part of a target that can be sent: without its functions. */
export type TargetDescription = Pick<Target, 'key' | 'service' | 'where' | 'balance'>

/** What a worker is started with. */
export interface WorkerSettings extends PlaneSettings {
  readonly port: number
  readonly host: string
  readonly workers: number
  readonly tls:
    | { readonly certificates: readonly CertificatePair[]; readonly clientCa?: string | Buffer | undefined }
    | undefined
  /** The share of requests in the access log; `undefined` for no log. */
  readonly accessLogSample: number | undefined
  /** How long a worker that is replaced may take for what is under way. */
  readonly drainTimeoutMs: number
  /** Whether it makes a span of every request. */
  readonly traces: boolean
}

/** From the primary to a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly settings: WorkerSettings; readonly document: RoutesDocument }
  /** A part of the routes of a document; with what else is in the document in the last part. */
  | {
      readonly type: 'routes'
      readonly id: number
      readonly part: readonly (readonly [name: string, route: RouteSpec])[]
      readonly rest: RoutesDocument | undefined
    }
  | { readonly type: 'certificates'; readonly certificates: readonly CertificatePair[] }
  /** All instances of a target. */
  | { readonly type: 'instances'; readonly key: string; readonly instances: readonly Instance[] }
  /** What has changed since. */
  | {
      readonly type: 'changes'
      readonly id: number
      readonly key: string
      readonly present: readonly Instance[]
      readonly removed: readonly string[]
    }
  | { readonly type: 'taken'; readonly id: number; readonly taken: Taken }
  | { readonly type: 'count'; readonly id: number }
  | { readonly type: 'drain' }

/** From a worker to the primary. */
export type ToPrimary =
  /** It reads messages from now on: those before are lost. */
  | { readonly type: 'ready' }
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly message: string }
  /** The next part of the document is asked for. */
  | { readonly type: 'next'; readonly id: number }
  | { readonly type: 'follow'; readonly target: TargetDescription }
  | { readonly type: 'unfollow'; readonly key: string }
  /** Changes of instances are in force: nothing that begins from now on goes by what was before. */
  | { readonly type: 'seen'; readonly id: number }
  /** What the registry's guard wants to know of instances that may be gone. */
  | { readonly type: 'outcome'; readonly key: string; readonly instance: Instance; readonly result: CallResult }
  | { readonly type: 'take'; readonly id: number; readonly name: string; readonly options: SharedRateOptions }
  | { readonly type: 'counts'; readonly id: number; readonly counts: GatewayCounts }
  | { readonly type: 'notice'; readonly message: string }

export interface Taken {
  readonly allowed: boolean
  readonly retryAfterMs: number
  readonly remaining: number
}
