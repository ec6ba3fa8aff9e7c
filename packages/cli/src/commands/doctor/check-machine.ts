import { connect } from 'node:tls'
import type { EtcdClientOptions } from '@waypost/client'
import { type Finding, ok, problem, warning } from './findings.ts'

const dayMs = 86_400_000
const soonDays = 30
const timeoutMs = 2_000
const maxClockDifferenceMs = 1_000

/** This process: its Node, its clock beside that of the store, and the certificates of the endpoints. */
export async function checkMachine(options: EtcdClientOptions): Promise<readonly Finding[]> {
  const endpoints = [options.endpoints ?? []].flat()
  const found = await Promise.all(endpoints.map((endpoint) => checkEndpoint(endpoint)))
  return [ok('node', `Node ${process.versions.node}`), ...found.flat()]
}

async function checkEndpoint(endpoint: string): Promise<readonly Finding[]> {
  const url = new URL(endpoint.includes('://') ? endpoint : `http://${endpoint}`)
  return url.protocol === 'https:' ? certificate(url) : clock(url)
}

/** The store's HTTP answers bear its time, to the second. */
async function clock(url: URL): Promise<readonly Finding[]> {
  try {
    const response = await fetch(new URL('/version', url), { signal: AbortSignal.timeout(timeoutMs) })
    const date = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(date)) return []
    const differenceMs = Math.max(0, Math.abs(Date.now() - date) - 1_000)
    if (differenceMs <= maxClockDifferenceMs) return [ok('clock', `agrees with ${url.host}`)]
    const seconds = Math.round(differenceMs / 1_000)
    return [warning('clock', `differs from ${url.host} by ${seconds} s`, 'Synchronize both machines by NTP.')]
  } catch {
    // The store check says that it does not answer.
    return []
  }
}

function certificate(url: URL): Promise<readonly Finding[]> {
  return new Promise((resolve) => {
    // Only looked at: what cannot be trusted is an error of the connection itself.
    const socket = connect({
      host: url.hostname,
      port: Number(url.port || 443),
      servername: url.hostname,
      rejectUnauthorized: false,
      timeout: timeoutMs,
    })
    const settle = (findings: readonly Finding[]): void => {
      socket.destroy()
      resolve(findings)
    }
    socket.once('secureConnect', () => settle([expiry(url.host, socket.getPeerCertificate().valid_to)]))
    socket.once('error', () => settle([]))
    socket.once('timeout', () => settle([]))
  })
}

function expiry(host: string, validTo: string): Finding {
  const days = Math.floor((Date.parse(validTo) - Date.now()) / dayMs)
  if (days < 0)
    return problem('certificate', `of ${host} expired on ${validTo}`, 'Renew it, and send the server SIGHUP.')
  const found = `of ${host} is valid for ${days} days`
  if (days >= soonDays) return ok('certificate', found)
  return warning('certificate', found, 'Renew it, and send the server SIGHUP.')
}
