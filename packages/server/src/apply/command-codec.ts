import {
  AlarmRequest,
  CompactionRequest,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  TxnRequest,
} from '@waypost/protocol'
import type { MessageCodec } from '@waypost/rpc/server'
import { decodeAuthCommand, encodeAuthCommand } from '../auth/auth-command.ts'
import type { CommandKind, CommandRequest, Commands } from './command.ts'

/** Commands that are requests of the protocol as they came. */
type RequestKind = Exclude<CommandKind, 'auth'>

const codecs: { readonly [K in RequestKind]: MessageCodec<Commands[K]['request']> } = {
  put: PutRequest,
  deleteRange: DeleteRangeRequest,
  txn: TxnRequest,
  compact: CompactionRequest,
  leaseGrant: LeaseGrantRequest,
  leaseRevoke: LeaseRevokeRequest,
  alarm: AlarmRequest,
}

/** The first byte of a command in the log. A number, once given, keeps its meaning. */
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

export type Command<K extends CommandKind = CommandKind> = {
  [P in K]: { readonly kind: P; readonly request: CommandRequest<P> }
}[K]

const encoders: { readonly [K in CommandKind]: (request: CommandRequest<K>) => Uint8Array } = {
  put: (request) => encodeRequest('put', request),
  deleteRange: (request) => encodeRequest('deleteRange', request),
  txn: (request) => encodeRequest('txn', request),
  compact: (request) => encodeRequest('compact', request),
  leaseGrant: (request) => encodeRequest('leaseGrant', request),
  leaseRevoke: (request) => encodeRequest('leaseRevoke', request),
  alarm: (request) => encodeRequest('alarm', request),
  auth: (request) => Buffer.concat([Buffer.from([numbers.auth]), encodeAuthCommand(request)]),
}

/** The command as bytes for the log: its number, then its request. */
export function encodeCommand<K extends CommandKind>(kind: K, request: CommandRequest<K>): Uint8Array {
  return encoders[kind](request)
}

function encodeRequest<K extends RequestKind>(kind: K, request: CommandRequest<K>): Uint8Array {
  const codec: MessageCodec<CommandRequest<K>> = codecs[kind]
  const bytes = codec.encode(request, 1)
  bytes[0] = numbers[kind]
  return bytes
}

/** Throws when the bytes are no command. */
export function decodeCommand(bytes: Buffer): Command {
  const body = bytes.subarray(1)
  switch (bytes[0]) {
    case numbers.put:
      return { kind: 'put', request: codecs.put.decode(body) }
    case numbers.deleteRange:
      return { kind: 'deleteRange', request: codecs.deleteRange.decode(body) }
    case numbers.txn:
      return { kind: 'txn', request: codecs.txn.decode(body) }
    case numbers.compact:
      return { kind: 'compact', request: codecs.compact.decode(body) }
    case numbers.leaseGrant:
      return { kind: 'leaseGrant', request: codecs.leaseGrant.decode(body) }
    case numbers.leaseRevoke:
      return { kind: 'leaseRevoke', request: codecs.leaseRevoke.decode(body) }
    case numbers.alarm:
      return { kind: 'alarm', request: codecs.alarm.decode(body) }
    case numbers.auth:
      return { kind: 'auth', request: decodeAuthCommand(body) }
    default:
      throw new Error(`The log holds a command of the unknown kind ${bytes[0]}.`)
  }
}
