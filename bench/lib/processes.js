import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { packedPackages } from '../../scripts/packed.js'
import { scaled } from './scale.js'

/** What is measured is as built, unless it says otherwise; a short form, which only has to run, takes what starts sooner. */
const usualBin = await scaled(
  () => fileURLToPath(new URL('../../packages/cli/bin/waypost.js', import.meta.url)),
  async () => (await packedPackages()).bin,
)()
const startWithinMs = 60_000
/** A large store may take seconds to close; one that was killed would start from its log instead. */
const stopWithinMs = 30_000
const scriptWithinMs = 330_000

/** On disk, unless `--memory` is among the arguments. `bin`: the command line to use. */
export function startWaypost(args = [], bin = usualBin) {
  return start((port, directory) => {
    const where = args.includes('--memory') ? [] : ['--data-dir', directory]
    return [process.execPath, [bin, 'serve', '--no-hub', '--port', port, ...where, ...args]]
  })
}

export function startEtcd(binary) {
  return start((port, directory, peerPort) => [
    binary,
    [
      ...['--data-dir', directory, '--log-level', 'error', '--logger', 'zap'],
      ...['--listen-client-urls', `http://127.0.0.1:${port}`, '--advertise-client-urls', `http://127.0.0.1:${port}`],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peerPort}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peerPort}`,
      ],
      ...['--initial-cluster', `default=http://127.0.0.1:${peerPort}`],
    ],
  ])
}

async function start(commandFor) {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-'))
  const port = await freePort()
  const [command, args] = commandFor(String(port), join(directory, 'data'), String(await freePort()))
  let running = await launch()
  return {
    port,
    get pid() {
      return running.pid
    },
    /** Stops it and starts it again; resolves to the milliseconds from the start until `answers(port)` is true. */
    async restart(until) {
      await running.stop()
      const startedMs = performance.now()
      running = await launch(until)
      return performance.now() - startedMs
    },
    async stop() {
      await running.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }

  async function launch({ answers = isHealthy, pauseMs = 25 } = {}) {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    const stop = async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      await exited
      clearTimeout(timer)
    }
    let gone = false
    exited.then(() => {
      gone = true
    })
    const untilMs = performance.now() + startWithinMs
    while (!(await answers(port).catch(() => false))) {
      if (gone) throw new Error(`The server ended at once: ${stderr}`)
      if (performance.now() > untilMs) {
        await stop()
        throw new Error(`No server answers on port ${port}: ${stderr}`)
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    return { pid: child.pid, stop }
  }
}

async function isHealthy(port) {
  const response = await fetch(`http://127.0.0.1:${port}/health`)
  const body = await response.json()
  return body.health === 'true'
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Runs a script of this directory in a process of its own and returns what it prints as JSON. */
export async function runScript(script, spec, nodeArgs = []) {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeArgs, path, JSON.stringify(spec)], {
    maxBuffer: 1 << 24,
    timeout: scriptWithinMs,
  })
  return JSON.parse(stdout)
}
