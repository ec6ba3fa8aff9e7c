import type { QueueCounts } from '@waypost/coordination'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'

/** A queue and how many jobs it has. */
export interface QueueLine extends QueueCounts {
  readonly name: string
}

const heading = ['QUEUE', 'WAITING', 'DELAYED', 'BLOCKED', 'ACTIVE', 'DONE', 'DEAD', 'WORKERS', 'OLDEST', '']

export function queueTable(queues: readonly QueueLine[]): string {
  if (queues.length === 0) return 'There is no queue.\n'
  const rows = queues.map((queue) => [
    queue.name,
    ...[queue.waiting, queue.delayed, queue.blocked, queue.active, queue.completed, queue.dead, queue.workers].map(
      String,
    ),
    queue.oldestWaitingMs === 0 ? '' : `${Math.round(queue.oldestWaitingMs / 1_000)} s`,
    queue.isPaused ? 'paused' : '',
  ])
  return table(heading, rows, terminal.tableStyle)
}
