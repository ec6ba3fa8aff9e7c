import { AlarmMember, type AlarmRequest, AlarmRequest_AlarmAction, AlarmType } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import { alarmEntryPrefix } from './entry-prefixes.ts'

export interface AlarmRecord {
  readonly memberId: bigint
  /** One of `AlarmType`, or another number that was sent. */
  readonly alarm: number
}

/** A raised alarm as it is stored; an undefined value deletes it. */
interface AlarmEntry {
  readonly name: string
  readonly value: Uint8Array | undefined
}

/**
 * The alarms that are raised. While NOSPACE is raised, puts are refused; deletions and compactions continue.
 * While CORRUPT is raised, every write is refused. Alarms stay raised across restarts until they are disarmed.
 */
export class Alarms {
  readonly #raised = new Map<string, AlarmRecord>()

  has(memberId: bigint, alarm: number): boolean {
    return this.#raised.has(nameOf({ memberId, alarm }))
  }

  /** Those of one type; 0: all. */
  list(alarm: number): AlarmRecord[] {
    return [...this.#raised.values()].filter((record) => alarm === AlarmType.NONE || record.alarm === alarm)
  }

  /** Takes what an earlier `apply` asked to be stored. */
  load(value: Uint8Array): void {
    const { memberId, alarm } = AlarmMember.decode(value)
    this.#raised.set(nameOf({ memberId, alarm }), { memberId, alarm })
  }

  /** Raises or disarms. An alarm that is raised already is answered and not stored again; disarming one that is not raised does nothing. */
  apply({ action, memberId, alarm }: AlarmRequest): { alarm?: AlarmRecord; entry?: AlarmEntry } {
    const record = { memberId, alarm }
    const name = nameOf(record)
    if (action === AlarmRequest_AlarmAction.ACTIVATE) {
      if (this.#raised.has(name)) return { alarm: record }
      this.#raised.set(name, record)
      return { alarm: record, entry: { name, value: AlarmMember.encode(record) } }
    }
    if (action === AlarmRequest_AlarmAction.DEACTIVATE && this.#raised.delete(name))
      return { alarm: record, entry: { name, value: undefined } }
    return {}
  }

  /** Throws `EngineError` with `corrupt` or `noSpace` when an alarm forbids the command. */
  check(what: { readonly puts: boolean }): void {
    if (this.#raised.size === 0) return
    if (this.list(AlarmType.CORRUPT).length > 0) throw new EngineError('corrupt')
    if (what.puts && this.list(AlarmType.NOSPACE).length > 0) throw new EngineError('noSpace')
  }
}

function nameOf({ memberId, alarm }: AlarmRecord): string {
  return `${alarmEntryPrefix}${memberId}/${alarm}`
}
