import { runScript } from './processes.js'

/** Puts or ranges from a process of their own; resolves to answers per second. Any that failed fails the run. */
export async function load(server, spec) {
  const { seconds, answered, failed } = await runScript('http2-load.js', { port: server.port, ...spec })
  if (failed > 0) throw new Error(`${failed} of ${answered} requests to ${spec.path} failed`)
  return answered / seconds
}

/** Writes keys `bench/0000000000` and on, each once and all of them. */
export async function fill(server, { keys, valueBytes }) {
  const path = '/etcdserverpb.KV/Put'
  const spec = { connections: 8, inFlight: 16, path, requests: keys, keys, valueBytes, limitSeconds: 300 }
  const { answered, failed } = await runScript('http2-load.js', { port: server.port, ...spec })
  if (failed > 0 || answered < keys) throw new Error(`Only ${answered - failed} of ${keys} keys were written`)
}
