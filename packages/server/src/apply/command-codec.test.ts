import {
  AlarmRequest,
  AuthUserDeleteRequest,
  CompactionRequest,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  RequestOp,
  TxnRequest,
} from '@waypost/protocol'
import { expect, it } from 'vitest'
import type { CommandKind, CommandRequest } from './command.ts'
import { decodeCommand, encodeCommand } from './command-codec.ts'

/** One command of each kind: the type makes sure that none is missing. */
const samples: { readonly [K in CommandKind]: CommandRequest<K> } = {
  put: PutRequest.create({ key: Buffer.from('a'), value: Buffer.from('1'), lease: 7n }),
  deleteRange: DeleteRangeRequest.create({ key: Buffer.from('a'), rangeEnd: Buffer.from('b'), prevKv: true }),
  txn: TxnRequest.create({ success: [RequestOp.create({ requestPut: PutRequest.create({ key: Buffer.from('a') }) })] }),
  compact: CompactionRequest.create({ revision: 9n, physical: true }),
  leaseGrant: LeaseGrantRequest.create({ id: 5n, ttl: 10n }),
  leaseRevoke: LeaseRevokeRequest.create({ id: 5n }),
  auth: { kind: 'userDelete', request: AuthUserDeleteRequest.create({ name: 'alice' }) },
  alarm: AlarmRequest.create({ memberId: 3n, alarm: 1 }),
}

/** The commands in the logs of stores that exist. */
const numbers: { readonly [K in CommandKind]: number } = {
  put: 1,
  deleteRange: 2,
  txn: 3,
  compact: 4,
  leaseGrant: 5,
  leaseRevoke: 6,
  auth: 7,
  alarm: 8,
}

function isKind(name: string): name is CommandKind {
  return name in samples
}

it.each(Object.keys(samples).filter(isKind))('reads a command %s back as it was logged, under its number', (kind) => {
  const bytes = Buffer.from(encodeCommand(kind, samples[kind]))
  expect(bytes[0]).toBe(numbers[kind])
  const found: unknown[] = []
  decodeCommand(bytes, (...command) => found.push(command))
  expect(found).toEqual([[kind, samples[kind]]])
})

it('refuses a command of a kind that it does not know', () => {
  expect(() => decodeCommand(Buffer.from([99, 1]), () => {})).toThrow('unknown kind 99')
  expect(() => decodeCommand(Buffer.alloc(0), () => {})).toThrow('unknown kind undefined')
})
