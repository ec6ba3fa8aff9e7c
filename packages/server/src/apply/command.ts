import type {
  AlarmRequest,
  CompactionRequest,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  TxnRequest,
} from '@waypost/protocol'
import type { AuthCommand } from '../auth/auth-command.ts'
import type {
  AlarmResult,
  AuthResult,
  CompactionResult,
  DeleteRangeResult,
  LeaseGrantResult,
  LeaseRevokeResult,
  PutResult,
  TxnResult,
} from './results.ts'

/** What changes the store: for each kind, what is asked and what is answered. */
export interface Commands {
  put: { request: PutRequest; result: PutResult }
  deleteRange: { request: DeleteRangeRequest; result: DeleteRangeResult }
  txn: { request: TxnRequest; result: TxnResult }
  compact: { request: CompactionRequest; result: CompactionResult }
  leaseGrant: { request: LeaseGrantRequest; result: LeaseGrantResult }
  leaseRevoke: { request: LeaseRevokeRequest; result: LeaseRevokeResult }
  auth: { request: AuthCommand; result: AuthResult }
  alarm: { request: AlarmRequest; result: AlarmResult }
}

export type CommandKind = keyof Commands
export type CommandRequest<K extends CommandKind> = Commands[K]['request']
export type CommandResult<K extends CommandKind> = Commands[K]['result']
