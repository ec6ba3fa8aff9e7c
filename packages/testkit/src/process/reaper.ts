import { type ChildProcess, spawn } from 'node:child_process'

/**
 * The watchman: a process of its own that outlives this one by a moment. It learns what exists over its
 * standard input, and when that closes, however this process ended, it ends and removes what is left.
 */
const watchman = `
const { spawnSync } = require('node:child_process')
const { rmSync } = require('node:fs')
const pids = new Set(), dirs = new Set(), namespaces = new Set()
let rest = ''
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\\n')
  rest = lines.pop()
  for (const line of lines) {
    const [verb, kind, name] = JSON.parse(line)
    const known = { process: pids, directory: dirs, namespace: namespaces }[kind]
    if (verb === 'watch') known.add(name)
    else known.delete(name)
  }
})
process.stdin.on('end', () => {
  for (const pid of pids) try { process.kill(pid, 'SIGKILL') } catch {}
  setTimeout(() => {
    for (const dir of dirs) try { rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) } catch {}
    for (const name of namespaces) spawnSync('ip', ['netns', 'delete', name])
    process.exit(0)
  }, pids.size > 0 ? 50 : 0)
})
`

let child: ChildProcess | undefined

/** Has the process killed when this one ends, until `forget`. */
export function watchProcess(pid: number): void {
  tell('watch', 'process', pid)
}

/** Has the directory removed when this process ends, until `forget`. */
export function watchDirectory(path: string): void {
  tell('watch', 'directory', path)
}

/** Has the network namespace deleted when this process ends, until `forget`; its links go with it. */
export function watchNamespace(name: string): void {
  tell('watch', 'namespace', name)
}

export function forgetProcess(pid: number): void {
  tell('forget', 'process', pid)
}

export function forgetDirectory(path: string): void {
  tell('forget', 'directory', path)
}

export function forgetNamespace(name: string): void {
  tell('forget', 'namespace', name)
}

function tell(verb: 'watch' | 'forget', kind: 'process' | 'directory' | 'namespace', name: number | string): void {
  child ??= start()
  child.stdin?.write(`${JSON.stringify([verb, kind, name])}\n`)
}

function start(): ChildProcess {
  const started = spawn(process.execPath, ['-e', watchman], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  started.on('error', () => {})
  started.stdin?.on('error', () => {})
  started.unref()
  const { stdin } = started
  if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
  return started
}
