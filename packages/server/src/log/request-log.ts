import { asBuffer, DeleteRangeRequest, PutRequest, RangeRequest, TxnRequest } from '@waypost/protocol'
import { type ServerCall, StatusCode, statusName } from '@waypost/rpc/server'
import type { ServerLog } from './server-log.ts'
import type { LogFields } from './server-logger.ts'

export interface RequestLogOptions {
  readonly log: ServerLog
  /** A request that takes longer is written. */
  readonly slowMs: number
  /** Whom the call's credentials speak for; undefined when for nobody. */
  userOf(call: ServerCall): string | undefined
}

/** Paths of calls that wait deliberately: for a lock, for a leader, for a thread that hashes. */
const waiting = /^\/v3(?:lockpb|electionpb)\.|\/(?:Snapshot|Defragment|Authenticate|UserAdd|UserChangePassword)$/

/** Writes what is to be said of a request that has ended. */
export class RequestLog {
  readonly #options: RequestLogOptions

  constructor(options: RequestLogOptions) {
    this.#options = options
  }

  get isOn(): boolean {
    return this.#options.log.isOn
  }

  ended(call: ServerCall, request: Uint8Array, code: StatusCode, durationMs: number): void {
    const { log, slowMs } = this.#options
    if (code === StatusCode.PERMISSION_DENIED) log.write('permission-denied', this.#fields(call, request))
    else if (code === StatusCode.UNAUTHENTICATED) log.write('token-refused', { method: call.path, peer: call.peer })
    else if (code === StatusCode.INVALID_ARGUMENT && call.path.endsWith('/Authenticate'))
      // Not the name: whoever mistakes the fields types a password there.
      log.write('login-refused', { peer: call.peer })
    if (durationMs < slowMs || waiting.test(call.path)) return
    const fields = this.#fields(call, request)
    log.write('slow-request', { ...fields, durationMs: Math.round(durationMs), status: statusName(code) })
  }

  #fields(call: ServerCall, request: Uint8Array): LogFields {
    return { method: call.path, peer: call.peer, user: this.#options.userOf(call), ...keysOf(call.path, request) }
  }
}

/** The keys of a request, never its values. */
function keysOf(path: string, request: Uint8Array): LogFields {
  try {
    switch (path) {
      case '/etcdserverpb.KV/Range': {
        const { key, rangeEnd, limit } = RangeRequest.decode(request)
        return { ...rangeOf(key, rangeEnd), limit: limit === 0n ? undefined : Number(limit) }
      }
      case '/etcdserverpb.KV/DeleteRange': {
        const { key, rangeEnd } = DeleteRangeRequest.decode(request)
        return rangeOf(key, rangeEnd)
      }
      case '/etcdserverpb.KV/Put':
        return { key: textOf(PutRequest.decode(request).key), bytes: request.length }
      case '/etcdserverpb.KV/Txn': {
        const { compare, success, failure } = TxnRequest.decode(request)
        const op = success[0] ?? failure[0]
        const key = op?.requestPut?.key ?? op?.requestRange?.key ?? op?.requestDeleteRange?.key ?? compare[0]?.key
        return { key: key && textOf(key), operations: success.length + failure.length, bytes: request.length }
      }
      default:
        return {}
    }
  } catch {
    return {}
  }
}

function rangeOf(key: Uint8Array, rangeEnd: Uint8Array): LogFields {
  return { key: textOf(key), rangeEnd: rangeEnd.length === 0 ? undefined : textOf(rangeEnd) }
}

/** Bytes that are not printable as `\xff`. */
function textOf(key: Uint8Array): string {
  return asBuffer(key.subarray(0, 200))
    .toString('latin1')
    .replace(/[^ -~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
