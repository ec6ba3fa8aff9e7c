import type { Operation } from '../../operation/operation.ts'
import { listEvents } from './list-events.ts'
import { listKinds } from './list-kinds.ts'
import { showMoment } from './show-moment.ts'
import { showRecording } from './show-recording.ts'

/** Operations on the timeline. */
export const timelineOperations: readonly Operation[] = [listEvents, showMoment, showRecording, listKinds]
