export { type CoordinationModuleOptions, WaypostCoordinationModule } from './coordination.module.ts'
export { CoordinationHealth, type QueueHealthOptions } from './coordination-health.ts'
export {
  ClusterCron,
  heldLock,
  InjectLeader,
  InjectQueue,
  type LockName,
  OnLeader,
  QueueWorker,
  WithLock,
} from './decorators.ts'
export { LeaderView } from './leader-view.ts'
export type { ClusterCronOptions, OfStore, OnLeaderOptions, QueueWorkerOptions } from './metadata.ts'
