/** Whether a content type is gRPC's. */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/grpc') === true
}

const unitMs: Readonly<Record<string, number>> = { n: 1e-6, u: 1e-3, m: 1, S: 1_000, M: 60_000, H: 3_600_000 }

/** The time that a gRPC client allows, from its header `grpc-timeout`; `undefined` when there is none. */
export function grpcTimeoutMs(header: string | undefined): number | undefined {
  const match = header === undefined ? null : /^(\d{1,8})([HMSmun])$/.exec(header)
  if (match === null) return undefined
  return Number(match[1]) * (unitMs[match[2] ?? ''] ?? 1)
}

/**
 * The status of gRPC for an HTTP status that the gateway answers with.
 *
 * Source: gRPC, "HTTP to gRPC Status Code Mapping"; 504 is DEADLINE_EXCEEDED here, as it is the gateway's own clock.
 */
export function grpcStatusOf(status: number): number {
  if (status === 400 || status === 413) return 3
  if (status === 401) return 16
  if (status === 403) return 7
  if (status === 404) return 12
  if (status === 429) return 8
  if (status === 499) return 1
  if (status === 502 || status === 503) return 14
  return status === 504 ? 4 : 2
}

/** Text as `grpc-message` has it: printable ASCII, the rest percent-encoded. */
export function grpcMessage(text: string): string {
  return text.replace(/[^\u0020-\u0024\u0026-\u007e]/gu, (character) => encodeURIComponent(character))
}
