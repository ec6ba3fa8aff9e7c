import { AlarmRequest_AlarmAction, AlarmType, KV, Maintenance } from '@waypost/protocol'
import { RpcConnection, StatusCode } from '@waypost/rpc'
import { expect, it } from 'vitest'
import { deleteRequest, op, putRequest, txnRequest } from '../apply/requests.test-support.ts'
import { EmbeddedServer } from '../server.ts'

it('looks at the room before it looks at the keys, as etcd does, for whatever puts something', async () => {
  await using server = await EmbeddedServer.start({ port: 0, memory: true, quotaBytes: 1 })
  const connection = new RpcConnection(server.url)
  const full = { code: StatusCode.RESOURCE_EXHAUSTED, message: 'etcdserver: mvcc: database space exceeded' }
  const keyless = { code: StatusCode.INVALID_ARGUMENT, message: 'etcdserver: key is not provided' }
  const listAlarms = { action: AlarmRequest_AlarmAction.GET, memberId: 0n, alarm: AlarmType.NONE }
  const puts = txnRequest({ success: [op.put('')] })
  const deletes = txnRequest({ success: [op.delete('')] })
  try {
    await expect(connection.unary(KV.put, putRequest(''))).rejects.toMatchObject(full)
    await expect(connection.unary(KV.txn, puts)).rejects.toMatchObject(full)
    await expect(connection.unary(KV.deleteRange, deleteRequest(''))).rejects.toMatchObject(keyless)
    await expect(connection.unary(KV.txn, deletes)).rejects.toMatchObject(keyless)
    expect((await connection.unary(Maintenance.alarm, listAlarms)).alarms).toHaveLength(1)
  } finally {
    await connection.close()
  }
})
