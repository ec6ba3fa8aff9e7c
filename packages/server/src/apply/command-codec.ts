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
import type { CommandKind, CommandRequest } from './command.ts'

/** Takes a command that was read back. */
export type CommandVisitor = <K extends CommandKind>(kind: K, request: CommandRequest<K>) => void

interface CommandCodec<K extends CommandKind> {
  /** The first byte of the command in the log. Once assigned, a number keeps its meaning. */
  readonly number: number
  /** The number, then the request. */
  encode(request: CommandRequest<K>): Uint8Array
  decode(body: Buffer, visit: CommandVisitor): void
}

/** How each kind of command is written to the log and read back: one table for both directions. */
const codecs: { readonly [K in CommandKind]: CommandCodec<K> } = {
  put: message('put', 1, PutRequest),
  deleteRange: message('deleteRange', 2, DeleteRangeRequest),
  txn: message('txn', 3, TxnRequest),
  compact: message('compact', 4, CompactionRequest),
  leaseGrant: message('leaseGrant', 5, LeaseGrantRequest),
  leaseRevoke: message('leaseRevoke', 6, LeaseRevokeRequest),
  auth: {
    number: 7,
    encode: (command) => Buffer.concat([Buffer.from([7]), encodeAuthCommand(command)]),
    decode: (body, visit) => visit('auth', decodeAuthCommand(body)),
  },
  alarm: message('alarm', 8, AlarmRequest),
}

const byNumber = new Map(Object.values(codecs).map((codec) => [codec.number, codec]))

/** The command as bytes for the log: its number, then its request. */
export function encodeCommand<K extends CommandKind>(kind: K, request: CommandRequest<K>): Uint8Array {
  return codecs[kind].encode(request)
}

/** Reads a command back and passes it to `visit`. Throws when the bytes are no command. */
export function decodeCommand(bytes: Buffer, visit: CommandVisitor): void {
  const codec = byNumber.get(bytes[0] ?? 0)
  if (codec === undefined) throw new Error(`The log holds a command of the unknown kind ${bytes[0]}.`)
  codec.decode(bytes.subarray(1), visit)
}

/** A command that is a request of the protocol. */
function message<K extends CommandKind>(
  kind: K,
  number: number,
  codec: MessageCodec<CommandRequest<K>>,
): CommandCodec<K> {
  return {
    number,
    encode: (request) => {
      const bytes = codec.encode(request, 1)
      bytes[0] = number
      return bytes
    },
    decode: (body, visit) => visit(kind, codec.decode(body)),
  }
}
