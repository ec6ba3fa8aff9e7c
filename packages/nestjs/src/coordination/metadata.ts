import type { QueueOptions, ScheduleOptions, WorkOptions } from 'waypost'

/** How a method is found that one of the decorators is on. */
export const methodMetadataKey = 'waypost:coordination'

export interface OfStore {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

/** How a cron of the whole fleet runs. */
export interface ClusterCronOptions extends Omit<ScheduleOptions, 'cron' | 'everyMs' | 'at' | 'queue'>, OfStore {
  /** The schedule's name. Default: `<class>.<method>`. */
  readonly name?: string | undefined
}

export interface OnLeaderOptions extends OfStore {
  /** What others see of the leader. Default: the name of the process. */
  readonly value?: string | undefined
}

export interface QueueWorkerOptions extends WorkOptions, OfStore {
  /** How the queue works, where that is not said by `forQueues`. */
  readonly queue?: QueueOptions | undefined
}

/** What a decorated method is to be called for. */
export type DecoratedMethod =
  | { readonly kind: 'cron'; readonly cron: string; readonly options: ClusterCronOptions }
  | { readonly kind: 'leader'; readonly name: string; readonly options: OnLeaderOptions }
  | { readonly kind: 'worker'; readonly name: string; readonly options: QueueWorkerOptions }
