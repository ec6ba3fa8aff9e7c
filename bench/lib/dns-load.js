// Questions per second over UDP: with dnsperf, 8 clients, where it is there, else from this process for a moment.
import { execFile, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const hasDnsperf = spawnSync('dnsperf', ['-h']).error === undefined

/** Questions answered per second. */
export async function dnsLoad({ port, name, type, seconds }) {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-dns-'))
  try {
    const file = join(directory, 'questions')
    writeFileSync(file, `${name} ${type}\n`)
    const args = ['-s', '127.0.0.1', '-p', port, '-d', file, '-c', 8, '-q', 100, '-l', seconds, '-e']
    const { stdout } = await promisify(execFile)('dnsperf', args.map(String))
    const [, perSecond] = /Queries per second:\s+([\d.]+)/.exec(stdout) ?? []
    if (!/Response codes:\s+NOERROR \d+ \(100\.00%\)/.test(stdout))
      throw new Error(`Not every answer is one:\n${stdout}`)
    return Number(perSecond)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The 99th percentile of the latency in milliseconds, at a steady rate that does not wait for answers. */
export async function latencyAt({ port, packet, perSecond, seconds }) {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  const sentMs = new Float64Array(65_536)
  const latencies = []
  socket.on('message', (answer) => latencies.push(performance.now() - sentMs[answer.readUInt16BE(0)]))
  await new Promise((resolve) => socket.connect(port, '127.0.0.1', resolve))
  const startedMs = performance.now()
  let sent = 0
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const nowMs = performance.now()
      const due = Math.min(seconds, (nowMs - startedMs) / 1_000) * perSecond
      for (; sent < due; sent++) {
        packet.writeUInt16BE(sent % 65_536, 0)
        sentMs[sent % 65_536] = performance.now()
        socket.send(Buffer.from(packet))
      }
      if (nowMs - startedMs < seconds * 1_000 + 500) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
  socket.close()
  // What was lost has no latency; with more of that, the rest says nothing.
  if (latencies.length < sent * 0.995) return undefined
  return latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)]
}

/** One question after the other. Resolves with how many were answered per second, and the records of the last answer. */
export function askInTurn({ port, packet, count }) {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    const startedMs = performance.now()
    let answered = 0
    socket.on('error', reject)
    const timer = setTimeout(() => finish(reject, new Error('The DNS does not answer.')), 20_000)
    const finish = (settle, result) => {
      clearTimeout(timer)
      socket.close()
      settle(result)
    }
    socket.on('message', (answer) => {
      answered += 1
      const perSecond = answered / ((performance.now() - startedMs) / 1_000)
      if (answered === count) finish(resolve, { perSecond, records: answer.readUInt16BE(6) })
      else socket.send(packet)
    })
    socket.connect(port, '127.0.0.1', () => socket.send(packet))
  })
}

/** A question as bytes, with EDNS. */
export function questionBytes(name, type) {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  const fixed = Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1])
  const opt = Buffer.from([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([fixed, ...labels, Buffer.from([0, 0, type, 0, 1]), opt])
}
