import { spawnSync } from 'node:child_process'
import { findEtcd, findEtcd34 } from '../../packages/testkit/dist/etcd/find-etcd.js'
import { startEtcd, startWaypost } from './processes.js'
import { scaled } from './scale.js'

/**
 * Ours, and each etcd to measure beside: those of `--peer`, else the model and the 3.4 of the system, where they are; the short form measures
 * ours alone.
 * `label` names a peer in the report.
 */
export function sides(peers, log, label = (name) => name) {
  const known = scaled([findEtcd().path, findEtcd34().path], [])
  const binaries = peers.length > 0 ? peers : known.filter((path) => path !== undefined)
  const found = new Map(binaries.map((binary) => [nameOf(binary), binary]))
  if (found.size === 0) log('there is no etcd here: measured without a peer')
  return [
    { name: 'ours', start: startWaypost },
    ...[...found].map(([name, binary]) => ({ name: label(name), start: () => startEtcd(binary) })),
  ]
}

/** Name and version. */
export function nameOf(binary) {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  const version = stdout?.match(/etcd Version: (\S+)/)?.[1]
  if (version === undefined) throw new Error(`${binary} is not an etcd.`)
  return `etcd ${version}`
}
