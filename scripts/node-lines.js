// npm run test:node [-- --long]: runs a part of the tests, or all of them, on the newer lines of Node that users run.
// The binaries come from the npm registry, once, and are kept outside the tree.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { captured } from './captured.js'
import { setup } from './setup.js'

/** The README names these lines; a test holds the two together. */
export const nodeVersions = ['24.22.3', '26.12.1']

/** One or two files of each layer: what a new line of Node can break is HTTP/2, streams, timers, threads and loading. */
const shortForm = [
  'packages/core/src',
  'packages/rpc/src/http2',
  'packages/rpc/test',
  'packages/client/test/calls.test.ts',
  'packages/client/test/lease-worker.test.ts',
  'packages/client/test/tls.test.ts',
  'packages/server/test/server.test.ts',
  'packages/server/src/storage',
  'packages/registry/src/call/dispatcher.test.ts',
  'packages/config/src/live/load.test.ts',
  'packages/nestjs/test/registration.test.ts',
  'packages/testkit/test/contract-embedded-durable.test.ts',
]

const root = fileURLToPath(new URL('../', import.meta.url))

/** The path of the binary, after it was fetched if need be. */
function fetchNode(version) {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waypost')
  const directory = join(cache, `node-${version}`)
  const binary = join(directory, 'bin', 'node')
  if (existsSync(binary)) return binary
  mkdirSync(cache, { recursive: true })
  const staging = mkdtempSync(`${directory}-`)
  try {
    const name = `node-${process.platform}-${process.arch}@${version}`
    run('npm', ['pack', name, '--silent', '--pack-destination', staging])
    const [archive] = readdirSync(staging)
    run('tar', ['-xzf', join(staging, archive), '-C', staging])
    renameSync(join(staging, 'package'), directory)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
  return binary
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} failed.`)
}

/** Whether they pass. */
async function runTests(version, isLong) {
  const node = fetchNode(version)
  const vitest = join('node_modules', 'vitest', 'vitest.mjs')
  const { status, output } = await captured(node, [vitest, 'run', '--reporter=dot', ...(isLong ? [] : shortForm)], {
    cwd: root,
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, ...(isLong ? { WAYPOST_LONG: '1' } : {}) },
  })
  console.log(`\nOn Node ${version}:\n${output}`)
  return status === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup()
  const isLong = process.argv.includes('--long')
  const failed = []
  const runLine = async (version) => {
    if (!(await runTests(version, isLong))) failed.push(version)
  }
  // Both at a time: each waits as often as it computes. The long forms fill a machine alone.
  if (isLong) for (const version of nodeVersions) await runLine(version)
  else await Promise.all(nodeVersions.map(runLine))
  if (failed.length > 0) console.error(`Tests failed on Node ${failed.join(' and ')}.`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
