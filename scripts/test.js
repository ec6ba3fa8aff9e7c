// Sets up, runs every test, names what was skipped and why, and ends with the plain sum.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.js'

setup()

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const scratch = mkdtempSync(join(tmpdir(), 'waypost-test-'))
const resultFile = join(scratch, 'results.json')
const skipFile = join(scratch, 'skips.jsonl')
const args = process.argv.slice(2)
const long = args.includes('--long')
/** Whether processes have groups, which can be ended as one. */
const hasGroups = process.platform !== 'win32'

try {
  process.exitCode = report(await runVitest())
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** Its exit status. What is left in the directory for temporary files goes with it. */
async function runVitest() {
  const vitest = spawn(
    process.execPath,
    [
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${resultFile}`,
      ...args.filter((arg) => arg !== '--long'),
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: hasGroups,
      env: {
        ...process.env,
        WAYPOST_TEST_SKIPS: skipFile,
        ...(long ? { WAYPOST_LONG: '1' } : {}),
        ...(process.env.WAYPOST_KEEP ? {} : { TMPDIR: scratch }),
      },
    },
  )
  // Whoever ends this ends the runner with it, its workers, and what those have started.
  const end = (signal) => (hasGroups ? process.kill(-vitest.pid, signal) : vitest.kill(signal))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
  const [status] = await once(vitest, 'exit')
  return status ?? 1
}

function report(status) {
  if (!existsSync(resultFile)) {
    console.error('The test runner ended without results.')
    return status || 1
  }
  const results = JSON.parse(readFileSync(resultFile, 'utf8'))
  const passed = results.numPassedTests
  const skipped = results.numPendingTests + results.numTodoTests
  // A file that cannot be loaded has no tests of its own that could fail.
  const broken = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  let failed = results.numFailedTests + broken.length
  if (status !== 0 && failed === 0) {
    console.error('The test runner reported an error outside any test; it stands above.')
    failed = 1
  }
  if (existsSync(skipFile)) {
    const reasons = new Set(readFileSync(skipFile, 'utf8').split('\n').filter(Boolean).map(describeSkip))
    console.log('\nNot run here:')
    for (const reason of reasons) console.log(`  - ${reason}`)
  }
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0 && passed > 0 ? 0 : 1
}

function describeSkip(line) {
  const { what, reason } = JSON.parse(line)
  return `${what}: ${reason}`
}
