// CoreDNS with its etcd plugin, where it is there:
// GOBIN=~/.cache/waypost go install github.com/coredns/coredns@v1.15.0
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const built = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waypost', 'coredns')
const binary = existsSync(built) ? built : 'coredns'
export const hasCoreDns = spawnSync(binary, ['-version']).status === 0

/** @param cacheSeconds 0 for none: then every question asks etcd */
export function startCoreDns({ port, etcdPort, cacheSeconds }) {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-bench-coredns-'))
  const file = join(directory, 'Corefile')
  const cache = cacheSeconds === 0 ? '' : `  cache ${cacheSeconds}\n`
  writeFileSync(
    file,
    `.:${port} {\n  bind 127.0.0.1\n${cache}  etcd local {\n    path /skydns\n    endpoint http://127.0.0.1:${etcdPort}\n  }\n}\n`,
  )
  const child = spawn(binary, ['-conf', file], { stdio: 'ignore' })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  return {
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
