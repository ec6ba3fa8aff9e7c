// Runs an example: on the store that is named, or on one in memory that ends with it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [program, ...args] = process.argv.slice(2)
if (!program) {
  console.error('Usage: node examples/run.js <program> [--store <url>] [arguments …]')
  process.exit(2)
}

const { endpoints, rest } = readStore(args)
const store = endpoints === undefined ? await startStore() : undefined
const url = endpoints ?? store.url
console.error(`The store is ${url}; look into it with: npx waypost --endpoints ${url} get --prefix ''`)

const child = spawn(process.execPath, [join(fileURLToPath(new URL('.', import.meta.url)), program), ...rest], {
  stdio: 'inherit',
  env: { ...process.env, WAYPOST_ENDPOINTS: url },
})
// Ctrl+C reaches the program by itself; the store ends after it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.once('exit', async (code, signal) => {
  await store?.close()
  process.exitCode = signal === null ? code : 1
})

function readStore(given) {
  const at = given.indexOf('--store')
  if (at === -1) return { endpoints: process.env.WAYPOST_ENDPOINTS || undefined, rest: given }
  if (given[at + 1] === undefined) throw new Error('--store needs the URL of a store.')
  return { endpoints: given[at + 1], rest: given.filter((_, index) => index !== at && index !== at + 1) }
}

async function startStore() {
  const { EmbeddedServer } = await import('@waypost/server')
  return EmbeddedServer.start({ host: '127.0.0.1', port: 0, memory: true })
}
