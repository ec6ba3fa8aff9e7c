/**
 * The outcome of an RPC.
 *
 * Source: gRPC, "Status codes and their use in gRPC".
 */
export const StatusCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const

export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode]

const codes: readonly StatusCode[] = Object.values(StatusCode)
const names: readonly string[] = Object.keys(StatusCode)

/** The name of a code, for example `NOT_FOUND`. */
export function statusName(code: StatusCode): string {
  return names[code] ?? 'UNKNOWN'
}

/** Reads a `grpc-status` value. What is not a known code is UNKNOWN, as the gRPC protocol asks. */
export function parseStatusCode(text: string): StatusCode {
  return /^\d{1,2}$/.test(text) ? (codes[Number(text)] ?? StatusCode.UNKNOWN) : StatusCode.UNKNOWN
}
