import { checkName } from '../shared/names.ts'

/** All queues. */
export const queuesPrefix = '/waypost/queues/'

/** The keys of one queue. */
export class QueueKeys {
  readonly root: string
  readonly jobs: string
  readonly waiting: string
  readonly delayed: string
  readonly claims: string
  readonly completed: string
  readonly dead: string
  readonly workers: string
  readonly slots: string
  readonly control: string
  readonly paused: string
  readonly cancels: string
  /** The election of the process that returns lost jobs and promotes delayed ones. */
  readonly keeper: string

  constructor(name: string) {
    this.root = `${queuesPrefix}${checkName(name, 'queue')}/`
    this.jobs = `${this.root}jobs/`
    this.waiting = `${this.root}waiting/`
    this.delayed = `${this.root}delayed/`
    this.claims = `${this.root}claims/`
    this.completed = `${this.root}completed/`
    this.dead = `${this.root}dead/`
    this.workers = `${this.root}workers/`
    this.slots = `${this.root}slots/`
    this.control = `${this.root}control/`
    this.paused = `${this.control}paused`
    this.cancels = `${this.control}cancel/`
    this.keeper = `${this.root}keeper`
  }

  group(group: string): string {
    return `${this.root}groups/${group}/`
  }

  /** The key of a job that waits until `dueMs`, sorted by that. */
  delayedUntil(dueMs: number, order: string): string {
    return `${this.delayed}${String(Math.max(0, Math.round(dueMs))).padStart(15, '0')}.${order}`
  }
}
