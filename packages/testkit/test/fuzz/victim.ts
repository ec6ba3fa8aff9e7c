import { AlarmMember, AlarmRequest, AlarmRequest_AlarmAction, AlarmType, Auth, Maintenance } from '@waypost/protocol'
import { RpcError } from '@waypost/rpc'
import { expect } from 'vitest'
import { currentRevision } from '../../src/contract/current-revision.ts'
import { op } from '../../src/wire/requests.ts'
import { text } from '../../src/wire/view.ts'
import { Wire } from '../../src/wire/wire.ts'

/** A client of good will beside the strangers: it must be served, and with its own data. */
export class Victim {
  readonly #wire: Wire
  #serial = 0

  constructor(url: string) {
    this.#wire = new Wire(url)
  }

  /** Writes and reads back in one transaction, in which nobody can come between. */
  async goesOn(): Promise<void> {
    this.#serial += 1
    const value = `${this.#serial}-${'v'.repeat(this.#serial % 1000)}`
    try {
      const { responses } = await this.#wire.txn({ success: [op.put('victim', value), op.range('victim')] })
      expect(responses[1]?.responseRange?.kvs.map((kv) => [text(kv.key), text(kv.value)])).toEqual([['victim', value]])
    } catch (error) {
      // Strangers may raise alarms, as long as nobody has to log in.
      if (!RpcError.is(error) || !/database space exceeded|corrupt cluster/.test(error.message)) throw error
    }
  }

  /** Takes away what the strangers left, and expects that nothing else is in the way. */
  async cleansUp(): Promise<void> {
    const wire = this.#wire
    const { alarms } = await wire.call(Maintenance.alarm, AlarmRequest.create({ action: AlarmRequest_AlarmAction.GET }))
    for (const { alarm, memberId } of [...alarms, AlarmMember.create({ alarm: AlarmType.NONE })]) {
      const action = AlarmRequest_AlarmAction.DEACTIVATE
      await wire.call(Maintenance.alarm, AlarmRequest.create({ action, alarm, memberId }))
    }
    for (const { id } of (await wire.leases()).leases) await wire.revoke(id).catch(ignore)
    for (const name of (await wire.call(Auth.userList, {})).users) await wire.call(Auth.userDelete, { name })
    for (const role of (await wire.call(Auth.roleList, {})).roles) await wire.call(Auth.roleDelete, { role })
    await wire.delete('\0', { end: '\0' })
    await wire.put('well', 'formed')
    const { kvs, count } = await wire.range('\0', { end: '\0' })
    expect([count, kvs.map((kv) => [text(kv.key), text(kv.value), kv.version])]).toEqual([1n, [['well', 'formed', 1n]]])
    await wire.compact(await currentRevision(wire), { physical: true })
  }

  close(): Promise<void> {
    return this.#wire.close()
  }
}

function ignore(): void {}
