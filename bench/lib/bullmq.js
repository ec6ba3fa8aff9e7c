// BullMQ and Redis, where they are there: npm install --prefix bench/peers, and redis-server on the PATH.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export function bullAvailable() {
  const isInstalled = existsSync(join(fileURLToPath(new URL('../peers/node_modules/', import.meta.url)), 'bullmq'))
  return isInstalled && spawnSync('redis-server', ['--version']).status === 0
}

/** @param fsync `always`: as durable as an acknowledged write of the store; `everysec`: Redis' default */
export async function startRedis(fsync) {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-redis-'))
  const port = await freePort()
  const args = [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--appendonly',
    'yes',
    '--appendfsync',
    fsync,
    '--save',
    '',
  ]
  const child = spawn('redis-server', args.map(String), { stdio: 'ignore' })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 25))
  return {
    port,
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.end())
  })
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
