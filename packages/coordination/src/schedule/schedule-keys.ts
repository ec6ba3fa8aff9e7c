import { checkName } from '../shared/names.ts'

/** The keys of the schedules of one group. */
export class ScheduleKeys {
  readonly group: string
  readonly root: string
  readonly specs: string
  /** How far each schedule has come. */
  readonly state: string
  readonly runs: string
  /** Runs that have begun, or wait for an earlier one, and have not ended. */
  readonly open: string
  readonly requests: string
  readonly clocks: string
  readonly status: string
  readonly leader: string

  constructor(group: string) {
    this.group = checkName(group, 'group of schedules')
    this.root = `/waypost/schedules/${this.group}/`
    this.specs = `${this.root}specs/`
    this.state = `${this.root}state/`
    this.runs = `${this.root}runs/`
    this.open = `${this.root}open/`
    this.requests = `${this.root}requests/`
    this.clocks = `${this.root}clocks/`
    this.status = `${this.root}status`
    this.leader = `${this.root}leader`
  }

  /** The end of a run's key: sorts by the time that it was planned for. */
  runKey(name: string, plannedMs: number, request?: string): string {
    const time = String(Math.max(0, plannedMs)).padStart(15, '0')
    return `${name}/${request === undefined ? time : `${time}-${request}`}`
  }
}

/** The id of a run: its schedule and the time that it was planned for. It cannot be made twice. */
export function runId(name: string, plannedMs: number, request?: string): string {
  const id = `${name}@${new Date(plannedMs).toISOString()}`
  return request === undefined ? id : `${id}#${request}`
}
