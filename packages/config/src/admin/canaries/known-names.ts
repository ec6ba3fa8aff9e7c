import type { EtcdClient } from '@waypost/client'
import { andList, type Deadline, quoted, WaypostError } from '@waypost/core'
import type { CanaryRule } from '../../records/canary.ts'
import type { ConsumerRecord } from '../../records/consumer.ts'

/** Where the registry keeps its instances: `/services/<service>/<instance>`. */
const servicesPrefix = '/services/'

/**
 * Throws `not-found` when a rule names an instance, a zone or a label that no live process and no registered instance
 * has: most likely it is misspelt, and the canary would be for nobody.
 */
export async function checkKnownNames(
  etcd: EtcdClient,
  { instances = [], zones = [], labels = {} }: CanaryRule,
  consumers: readonly ConsumerRecord[],
  deadline: Deadline,
): Promise<void> {
  const unknown = [
    ...(await unknownInstances(etcd, instances, consumers, deadline)),
    ...complaints('zone', zones, new Set(consumers.flatMap(({ zone }) => zone ?? []))),
    ...Object.entries(labels).flatMap(([label, values]) => {
      const known = consumers.flatMap((consumer) => consumer.labels?.[label] ?? [])
      return complaints(`label ${label} of`, values, new Set(known))
    }),
  ]
  if (unknown.length === 0) return
  const message = `${unknown.join(' ')} Check the spelling, or accept it with evenIfUnknown (--even-if-unknown).`
  throw new WaypostError('not-found', message, { details: { mayBeConfirmedBy: 'evenIfUnknown' } })
}

async function unknownInstances(
  etcd: EtcdClient,
  instances: readonly string[],
  consumers: readonly ConsumerRecord[],
  deadline: Deadline,
): Promise<readonly string[]> {
  const known = new Set(consumers.map(({ instance }) => instance))
  if (instances.every((name) => known.has(name))) return []
  for await (const { key } of etcd.kv.list({ prefix: servicesPrefix }, { keysOnly: true, ...deadline.call() })) {
    const [name] = key.split('/').slice(-1)
    if (name) known.add(name)
  }
  return complaints('instance', instances, known)
}

const shownNames = 5

function complaints(what: string, names: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return names
    .filter((name) => !known.has(name))
    .map((name) => {
      const some = [...known].sort().slice(0, shownNames)
      const others =
        some.length === 0
          ? 'None is known.'
          : `Known are ${andList(known.size > shownNames ? [...some, 'others'] : some)}.`
      return `No live process has the ${what} ${quoted(name)}. ${others}`
    })
}
