import { formatAddress } from './address.ts'
import type { InstanceRecord } from './instance.ts'

/** `waypost`: the record of `docs/reference/keys.md`. `go-grpc`: the form of gRPC naming in Go. */
export type RecordFormat = 'waypost' | 'go-grpc'

/** The text that stands in the store. */
export function formatRecord(record: InstanceRecord, format: RecordFormat): string {
  return JSON.stringify(format === 'waypost' ? record : goGrpc(record))
}

/**
 * What etcd's `client/v3/naming/endpoints` writes for Go's gRPC resolver, field by field. Go ignores fields that it
 * does not know, so what only Waypost's consumers understand stands beside them, where it says more than the default.
 */
function goGrpc({ host, port, scheme, version, zone, weight, status, tags, metadata }: InstanceRecord): object {
  return {
    Op: 0,
    Addr: formatAddress(host, port),
    Metadata: metadata ?? null,
    scheme,
    version,
    zone,
    weight,
    status: status === 'up' ? undefined : status,
    tags,
  }
}
