import { fileURLToPath } from 'node:url'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js'
import { recordSkip, run } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { routeOf, startPlane } from '../src/data-plane.test-support.ts'

const foreign = fileURLToPath(new URL('foreign/', import.meta.url))

const languages = [
  {
    name: 'Go',
    check: ['go', 'mod', 'download'],
    command: ['go', 'run', '.'],
    missing: 'Go or its modules are not there',
  },
  {
    name: 'Python',
    check: ['python3', '-c', 'import grpc'],
    command: ['python3', '../health.py'],
    missing: 'Python or grpcio are not there',
  },
] as const

const bytes = (value: Buffer): Buffer => value
const methodOf = (name: string, responseStream: boolean) => ({
  path: `/grpc.health.v1.Health/${name}`,
  requestStream: false,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
})

/** A health service that knows `shop`, and takes its time for `slow`. */
async function startHealth(): Promise<{ port: number; cancelled: () => number; close: () => void }> {
  let cancelled = 0
  const serving = Buffer.from([8, 1])
  const Check: handleUnaryCall<Buffer, Buffer> = (call, answer) => {
    const service = call.request.subarray(2).toString()
    const trailer = new Metadata()
    trailer.set('x-served-by', 's1')
    if (service === 'shop') answer(null, serving, trailer)
    else if (service === 'slow') call.on('cancelled', () => cancelled++)
    else answer({ code: status.NOT_FOUND, details: `There is no service ${service}: é.` })
  }
  const Watch: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    for (const value of [1, 2, 1]) call.write(Buffer.from([8, value]))
    call.end()
  }
  const server = new Server()
  server.addService({ Check: methodOf('Check', false), Watch: methodOf('Watch', true) }, { Check, Watch })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { port, cancelled: () => cancelled, close: () => server.forceShutdown() }
}

it.each(languages)(
  'a program in $name calls through the gateway: unary, stream, error, deadline',
  async ({ name, check: [checker, ...checkArgs], command: [command, ...args], missing }) => {
    const inDirectory = { cwd: `${foreign}go`, env: process.env, timeoutMs: 170_000 }
    const probe = await run(checker, checkArgs, inDirectory).catch(() => undefined)
    if (probe?.code !== 0) {
      recordSkip(`gRPC through the gateway from ${name}`, missing)
      return
    }
    const health = await startHealth()
    try {
      await using gateway = await startPlane(routeOf(), [String(health.port)])
      const { stdout, stderr } = await run(command, [...args, `127.0.0.1:${gateway.port}`], inDirectory)
      const expected = ['unary 1 s1', 'stream 1', 'stream 2', 'stream 1', 'end true']
      const failures = ['error 5 There is no service unknown: é.', 'deadline 4', '']
      expect(stdout, stderr).toBe([...expected, ...failures].join('\n'))
      await expect.poll(health.cancelled).toBe(1)
      await expect.poll(() => gateway.plane.inFlight).toBe(0)
    } finally {
      health.close()
    }
  },
  200_000,
)
