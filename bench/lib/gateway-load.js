// Requests over 64 connections for so many milliseconds: `node gateway-load.js <JSON>` prints how many were answered, how
// many failed, and the 50th and 99th percentile of their latencies.
import { Agent, get } from 'node:http'

const { port, connections = 64, forMs, path = '/bench/x', key } = JSON.parse(process.argv[2])
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const headers = key === undefined ? {} : { 'x-api-key': key }
const latencies = []
let failed = 0
const untilMs = performance.now() + forMs
await Promise.all(Array.from({ length: connections }, loop))
agent.destroy()
latencies.sort((a, b) => a - b)
const at = (share) => latencies[Math.floor((latencies.length - 1) * share)] ?? 0
console.log(JSON.stringify({ answered: latencies.length, failed, p50Ms: at(0.5), p99Ms: at(0.99) }))

async function loop() {
  while (performance.now() < untilMs) {
    const startedMs = performance.now()
    if (await ask()) latencies.push(performance.now() - startedMs)
    else failed += 1
  }
}

function ask() {
  return new Promise((resolve) => {
    get({ agent, port, host: '127.0.0.1', path, headers }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode === 200))
      response.once('error', () => resolve(false))
    }).once('error', () => resolve(false))
  })
}
