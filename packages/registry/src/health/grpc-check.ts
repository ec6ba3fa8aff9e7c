import { messageOf, WaypostError } from '@waypost/core'
import type { Check } from './check.ts'

/** `SERVING` of `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
const serving = 1
const statusNames: readonly string[] = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/**
 * Asks `grpc.health.v1.Health/Check`. Its two messages have one field each, number 1: a service's name, and a status;
 * they are written and read here by hand.
 */
export function grpcCheck(address: string, service: string): Check {
  return async (signal) => {
    const { Client, credentials } = await loadGrpc()
    // A connection of its own each time: an old one would say nothing about whether new ones are taken.
    const client = new Client(address, credentials.createInsecure())
    try {
      await new Promise<void>((resolve, reject) => {
        const call = client.makeUnaryRequest(
          '/grpc.health.v1.Health/Check',
          encodeService,
          decodeStatus,
          service,
          (error, status) => {
            if (error) reject(error)
            else if (status === serving) resolve()
            else reject(new Error(`${address} is ${statusNames[status ?? 0] ?? 'UNKNOWN'}.`))
          },
        )
        signal.addEventListener('abort', () => call.cancel(), { once: true })
      })
    } finally {
      client.close()
    }
  }
}

function encodeService(service: string): Buffer {
  const name = Buffer.from(service)
  if (name.length === 0) return name
  const length = name.length < 128 ? [name.length] : [(name.length & 127) | 128, name.length >> 7]
  return Buffer.concat([Buffer.from([0x0a, ...length]), name])
}

function decodeStatus(bytes: Buffer): number {
  // Absent is 0, as always in proto3.
  return bytes[0] === 0x08 ? (bytes[1] ?? 0) : 0
}

async function loadGrpc(): Promise<typeof import('@grpc/grpc-js')> {
  try {
    return await import('@grpc/grpc-js')
  } catch (cause) {
    throw new WaypostError('failed-precondition', `health.grpc needs @grpc/grpc-js: ${messageOf(cause)}`, { cause })
  }
}
