import type { Metadata } from './metadata.ts'
import { RpcError } from './rpc-error.ts'
import { StatusCode } from './status.ts'

const reservedNames = new Set([
  'connection',
  'content-type',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Throws INVALID_ARGUMENT for metadata that HTTP/2 cannot carry, or that would change what the transport says. */
export function checkMetadata(metadata: Metadata): void {
  for (const name of Object.keys(metadata)) {
    if (!/^[\da-z_.-]+$/.test(name) || name.startsWith('grpc-') || reservedNames.has(name)) {
      throw invalid(`The metadata name ${JSON.stringify(name)} is not allowed.`)
    }
    if (!/^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(metadata[name] ?? '')) {
      throw invalid(
        `The value of metadata ${JSON.stringify(name)} is not printable ASCII; bytes go, as base64, under a name that ends in -bin.`,
      )
    }
  }
}

function invalid(message: string): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, message, { delivery: 'not-sent' })
}
