import type { Operation } from '../../operation/operation.ts'
import { campaign, proclaimValue, readElection, resign } from './elections.ts'
import { listLocks } from './list-lines.ts'
import { acquireLock, readLock, releaseLock } from './locks.ts'
import {
  addJob,
  listJobs,
  listQueues,
  pauseQueue,
  purgeQueue,
  readJob,
  readQueue,
  redriveQueue,
  removeJob,
  resumeQueue,
  retryJob,
} from './queues.ts'
import {
  deleteSchedule,
  listSchedules,
  pauseSchedule,
  putSchedule,
  readSchedule,
  resumeSchedule,
  triggerSchedule,
} from './schedules.ts'

/** Operations on locks, elections, queues and schedules. */
export const coordinationOperations: readonly Operation[] = [
  listLocks,
  readLock,
  acquireLock,
  releaseLock,
  readElection,
  campaign,
  proclaimValue,
  resign,
  listQueues,
  readQueue,
  listJobs,
  readJob,
  addJob,
  retryJob,
  removeJob,
  redriveQueue,
  pauseQueue,
  resumeQueue,
  purgeQueue,
  listSchedules,
  readSchedule,
  putSchedule,
  deleteSchedule,
  triggerSchedule,
  pauseSchedule,
  resumeSchedule,
]
