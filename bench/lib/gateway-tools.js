import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Requests over 64 connections by wrk, or by Node where wrk is not there: `{ answered, p50Ms, p99Ms }`. */
export async function httpLoad({ wrk, port, forMs, path = '/bench/x', key }) {
  if (wrk === undefined) {
    const file = fileURLToPath(new URL('./gateway-load.js', import.meta.url))
    const { stdout } = await run(process.execPath, [file, JSON.stringify({ port, forMs, path, key })])
    const result = JSON.parse(stdout)
    if (result.failed > 0) throw new Error(`${result.failed} requests failed.`)
    return result
  }
  const url = `http://127.0.0.1:${port}${path}`
  const args = ['-t1', '-c64', `-d${Math.ceil(forMs / 1_000)}s`, '--latency', '-H', `x-api-key: ${key}`, url]
  const { stdout } = await run(wrk, args)
  if (/Non-2xx|read [1-9]|write [1-9]|connect [1-9]/.test(stdout)) throw new Error(stdout)
  return {
    answered: Number(/(\d+) requests in/.exec(stdout)[1]),
    p50Ms: millisOf(/^\s+50%\s+(\S+)/m.exec(stdout)[1]),
    p99Ms: millisOf(/^\s+99%\s+(\S+)/m.exec(stdout)[1]),
  }
}

function millisOf(text) {
  const [, value, unit] = /^([\d.]+)(us|ms|s|m)$/.exec(text)
  return Number(value) * { us: 0.001, ms: 1, s: 1_000, m: 60_000 }[unit]
}

/** Requests at a steady rate over 16 connections by h2load: how long each took, `{ p50Ms, p99Ms }`. */
export async function steadyLoad({ h2load, port, perSecond, forMs, key }) {
  const { samples } = await logged(h2load, [
    ...['--h1', '-c', '16', '--rps', String(Math.max(1, Math.floor(perSecond / 16))), '-D', String(forMs / 1_000)],
    ...['-H', `x-api-key: ${key}`, `http://127.0.0.1:${port}/bench/x`],
  ])
  return { p50Ms: at(samples, 0.5), p99Ms: at(samples, 0.99) }
}

/** Unary calls of gRPC, 64 at a time, by h2load: how many were answered. */
export async function grpcLoad({ h2load, port, calls, key }) {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-grpc-'))
  const message = join(directory, 'message')
  // An uncompressed message of five bytes.
  writeFileSync(message, Buffer.from([0, 0, 0, 0, 5, 10, 3, 97, 98, 99]))
  const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers', '-H', `x-api-key: ${key}`]
  const load = ['-n', String(calls), '-c', '4', '-m', '16', '-d', message, ...headers]
  try {
    const { samples } = await logged(h2load, [...load, `http://127.0.0.1:${port}/bench/Unary`])
    return samples.length
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function logged(h2load, args) {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-h2load-'))
  const log = join(directory, 'log')
  try {
    await run(h2load, ['--log-file', log, ...args])
    const lines = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t').map(Number))
    const failed = lines.filter(([, status]) => status !== 200)
    if (failed.length > 0) throw new Error(`${failed.length} of ${lines.length} requests failed.`)
    return { samples: lines.map(([, , micros]) => micros / 1_000).sort((a, b) => a - b) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function at(sorted, share) {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0
}
