import { appendFileSync } from 'node:fs'
import { type Found, findEtcd, findEtcd34, findEtcdctl, findEtcdutl, findModel, findProgram } from './find-etcd.ts'

const finders = {
  etcd: () => findEtcd(),
  etcdctl: () => findEtcdctl(),
  etcdutl: () => findEtcdutl(),
  etcd34: () => findEtcd34(),
  model: () => findModel(),
  prometheus: () => findProgram('prometheus'),
  promtool: () => findProgram('promtool'),
  zsh: () => findProgram('zsh'),
  fish: () => findProgram('fish'),
} as const satisfies Record<string, () => Found>

export type ForeignProgram = keyof typeof finders

/**
 * Whether everything that `tests` need is here. If not, the tests are to be skipped: the reason is added as
 * one JSON line to the file that `WAYPOST_TEST_SKIPS` names, and under `CI=true` this throws instead.
 *
 * @example describe.skipIf(!requireOrSkip('mirror to etcd', 'etcd'))('mirror', …)
 */
export function requireOrSkip(tests: string, ...programs: readonly ForeignProgram[]): boolean {
  for (const program of programs) {
    const { reason } = finders[program]()
    if (reason === undefined) continue
    if (process.env.CI === 'true') throw new Error(`${tests} cannot be skipped when CI is true, but ${reason}.`)
    recordSkip(tests, reason)
    return false
  }
  return true
}

/** Has the test run name, at its end, what was not tested and why. */
export function recordSkip(tests: string, reason: string): void {
  const file = process.env.WAYPOST_TEST_SKIPS
  if (file) appendFileSync(file, `${JSON.stringify({ what: tests, reason })}\n`)
}
