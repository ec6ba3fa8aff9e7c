// Instances of one service in Go, Python and TypeScript: each finds and calls the others, and sees them leave.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connect } from 'waypost'

const folder = fileURLToPath(new URL('.', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'greeter-'))
const waypost = await connect()
const children = new Map()
const server = createServer((_, response) => response.end('hello from TypeScript')).listen(0, '127.0.0.1')

try {
  await once(server, 'listening')
  const { port } = server.address()
  await waypost.registry.register({ service: 'greeter', id: 'typescript', host: '127.0.0.1', port })
  startGo()
  startPython()
  await meet(await waypost.registry.discover('greeter'))
} finally {
  for (const { process: child } of children.values()) child.kill()
  await waypost.close()
  server.closeAllConnections()
  server.close()
  rmSync(scratch, { recursive: true, force: true })
}

/** Calls each other instance once it is there, lets those find each other, and has them leave one after the other. */
async function meet(greeters) {
  const changes = greeters.changes()
  const found = new Set(['typescript'])
  for (;;) {
    for (const { id, address } of greeters.instances) {
      if (found.has(id)) continue
      found.add(id)
      const text = await (await fetch(`http://${address}/`)).text()
      console.log(`TypeScript finds /services/greeter/${id}, which says: ${text}`)
    }
    if (found.size > children.size) break
    await changes.next()
  }
  // Each has found all others when it has said so of each of them.
  await Promise.all([...children.values()].map(({ lines }) => lines(children.size)))
  for (const [id, { process: child }] of children) {
    child.kill()
    while (greeters.instances.some((instance) => instance.id === id)) await changes.next()
    console.log(`TypeScript sees that /services/greeter/${id} has left`)
  }
}

function startGo() {
  const program = join(scratch, process.platform === 'win32' ? 'greeter.exe' : 'greeter')
  const build = spawnSync('go', ['build', '-o', program, '.'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  if (build.error) return console.log('Go is not installed: it is left out.')
  if (build.status !== 0) throw new Error('The Go program cannot be built.')
  start('go', program, [])
}

function startPython() {
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0)
  if (!python) return console.log('Python is not installed: it is left out.')
  start('python', python, [join(folder, 'greeter.py')])
}

/** `lines` waits until the program has printed so many of them. A program that ends by itself ends this one. */
function start(id, command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  child.once('exit', (code) => {
    if (code) throw new Error(`The program ${id} ended with ${code}.`)
  })
  let count = 0
  const printed = createInterface({ input: child.stdout }).on('line', (line) => {
    count += 1
    console.log(line)
  })
  const lines = async (wanted) => {
    while (count < wanted) await once(printed, 'line')
  }
  children.set(id, { process: child, lines })
}
