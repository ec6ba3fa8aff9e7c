// Go's `concurrency.Mutex`, where Go and its modules are there.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const source = fileURLToPath(new URL('../../packages/coordination/test/foreign/', import.meta.url))
const exec = promisify(execFile)

/** Undefined where it cannot be built. `measure` resolves with the median of lock and unlock in milliseconds. */
export async function buildGoMutex() {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-go-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const binary = join(directory, 'mutex')
  try {
    await exec('go', ['build', '-o', binary, '.'], { cwd: source, timeout: 300_000 })
  } catch {
    remove()
    return undefined
  }
  const measure = async (port, repeats) => {
    const { stdout } = await exec(binary, [`http://127.0.0.1:${port}`, 'measure', 'go/mutex', String(repeats)])
    return Number.parseFloat(stdout)
  }
  return { measure, remove }
}
