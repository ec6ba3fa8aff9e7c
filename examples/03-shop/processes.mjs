import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const running = new Set()

/** Starts a program of the shop. Resolves when it says that it is ready; fails when it ends before. */
export async function startProcess(program, env) {
  const file = fileURLToPath(new URL(`dist/${program}.js`, import.meta.url))
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const started = { id: env.SHOP_ID, port: 0, stop, kill }
  running.add(started)
  exited.then(() => running.delete(started))
  const lines = createInterface({ input: child.stdout })
  started.port = await Promise.race([
    once(lines, 'line').then(([line]) => Number(/port (\d+)$/.exec(line)?.[1])),
    exited.then(([code]) => Promise.reject(new Error(`${started.id} ended with code ${code} before it was ready.`))),
  ])
  lines.on('line', (line) => console.log(line))
  return started

  /** Asks it to leave, and waits until it has. */
  async function stop() {
    child.kill('SIGTERM')
    await exited
  }

  /** Ends it as a crash would. */
  async function kill() {
    child.kill('SIGKILL')
    await exited
  }
}

/** Callers before those that they call. */
export async function stopAll() {
  const order = ['gateway', 'order', 'user']
  for (const name of order) {
    await Promise.all([...running].filter(({ id }) => id.startsWith(name)).map((started) => started.stop()))
  }
}
