import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { cpuMicrosOf } from './cpu-of.js'

/** Whether a program is there. nginx stands where only root looks. */
export function findProgram(name) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path))
}

/** One nginx process with these parts of its block `http`, on ports of its own: `{ port, grpcPort, cpuMicros, stop }`. */
export async function startNginx(program, http) {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-nginx-'))
  const port = await freePort()
  const grpcPort = await freePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  )
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; ${paths.join(' ')} ${http(port, grpcPort)} }`,
  )
  const args = ['-p', directory, '-e', join(directory, 'error.log'), '-c', join(directory, 'nginx.conf')]
  const child = spawn(program, args, { stdio: 'inherit' })
  await accepts(port)
  return {
    port,
    grpcPort,
    cpuMicros: async () => cpuMicrosOf(child.pid),
    stop: () => {
      child.kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function accepts(port) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isThere = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`Nothing listens on port ${port}.`)
}
