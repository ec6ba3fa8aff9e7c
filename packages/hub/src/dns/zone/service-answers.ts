import { recordType } from '../message/codes.ts'
import { foldLabels, nameBytes, toWireName, type WireName } from '../message/name.ts'
import { questionName, record, srvData, txtData } from '../message/records.ts'
import { type Answer, noData, positive } from './answer.ts'
import type { Endpoint } from './service-entry.ts'

/** How an answer names the addresses of instances. */
export interface AnswerNames {
  readonly ttlSeconds: number
  /** The domain as a name of its own. */
  readonly domain: WireName
  /** The domain as it stands at the end of the question, or whole where it does not. */
  readonly domainInAnswer: Buffer
}

/** The answer of a service with these endpoints. */
export function serviceAnswer(
  type: number,
  endpoints: readonly Endpoint[],
  near: string | undefined,
  names: AnswerNames,
): Answer {
  switch (type) {
    case recordType.a:
      return addressAnswer(type, 4, nearest(endpoints, near), names)
    case recordType.aaaa:
      return addressAnswer(type, 16, nearest(endpoints, near), names)
    case recordType.cname:
      return aliasAnswer(nearest(endpoints, near))
    case recordType.srv:
      return srvAnswer(endpoints, near, names)
    case recordType.txt:
      return txtAnswer(nearest(endpoints, near), names)
    default:
      return noData
  }
}

/** Those in the asker's zone; all of them when there are none. */
function nearest(endpoints: readonly Endpoint[], near: string | undefined): readonly Endpoint[] {
  if (near === undefined) return endpoints
  const local = endpoints.filter(({ zone }) => zone === near)
  return local.length > 0 ? local : endpoints
}

function addressAnswer(type: number, bytes: 4 | 16, endpoints: readonly Endpoint[], names: AnswerNames): Answer {
  const weights = new Map<string, number>()
  const addresses = new Map<string, Buffer>()
  let hasAddress = false
  for (const { ip, instance } of endpoints) {
    if (ip === undefined) continue
    hasAddress = true
    if (ip.length !== bytes) continue
    const key = ip.toString('hex')
    addresses.set(key, ip)
    weights.set(key, (weights.get(key) ?? 0) + instance.weight)
  }
  if (!hasAddress) return aliasAnswer(endpoints)
  if (addresses.size === 0) return noData
  const records = [...addresses.values()].map((ip) => record(questionName, type, names.ttlSeconds, ip))
  return positive(records, { weights: [...weights.values()] })
}

/**
 * The instances' hosts are names, so one of them is the answer. With a TTL of 0, as the same name has SRV records
 * too, which a resolver that kept the CNAME would not ask for (RFC 1034 3.6.2).
 */
function aliasAnswer(endpoints: readonly Endpoint[]): Answer {
  const weights = new Map<string, number>()
  for (const { instance, ip } of endpoints) {
    if (ip !== undefined) return noData
    weights.set(instance.host, (weights.get(instance.host) ?? 0) + instance.weight)
  }
  const records: Buffer[] = []
  const targets: WireName[] = []
  const kept: number[] = []
  for (const [host, weight] of weights) {
    const target = hostName(host)
    const bytes = target === undefined ? undefined : nameBytes(target)
    if (target === undefined || bytes === undefined) continue
    records.push(record(questionName, recordType.cname, 0, bytes))
    targets.push(target)
    kept.push(weight)
  }
  return records.length === 0 ? noData : positive(records, { weights: kept, onlyOne: true, targets })
}

function srvAnswer(endpoints: readonly Endpoint[], near: string | undefined, names: AnswerNames): Answer {
  const scale = srvScale(endpoints)
  const records = new Map<string, { readonly bytes: Buffer; readonly weight: number }>()
  const glue = new Map<string, Buffer>()
  for (const { instance, ip, zone } of endpoints) {
    const target = ip === undefined ? hostBytes(instance.host) : addressName(ip, names.domain)
    if (target === undefined) continue
    const priority = near === undefined || zone === near ? 1 : 2
    const weight = Math.max(1, Math.round(instance.weight * scale))
    const data = srvData(priority, weight, instance.port, target)
    const bytes = record(questionName, recordType.srv, names.ttlSeconds, data)
    records.set(`${instance.port} ${target.toString('latin1')}`, { bytes, weight })
    if (ip === undefined) continue
    const hex = ip.toString('hex')
    const owner = Buffer.concat([Buffer.from(toWireName([hex, 'addr']), 'latin1'), names.domainInAnswer])
    const type = ip.length === 4 ? recordType.a : recordType.aaaa
    if (!glue.has(hex)) glue.set(hex, record(owner, type, names.ttlSeconds, ip))
  }
  if (records.size === 0) return noData
  const listed = [...records.values()]
  return positive(
    listed.map(({ bytes }) => bytes),
    { weights: listed.map(({ weight }) => weight), additional: [...glue.values()] },
  )
}

/** SRV weights are whole numbers up to 65,535 (RFC 2782); those of instances may be fractions. */
function srvScale(endpoints: readonly Endpoint[]): number {
  if (endpoints.every(({ instance }) => Number.isInteger(instance.weight))) return 1
  const largest = endpoints.reduce((most, { instance }) => Math.max(most, instance.weight), 0)
  return Math.min(100, 65_535 / largest)
}

function txtAnswer(endpoints: readonly Endpoint[], names: AnswerNames): Answer {
  const records = endpoints.map(({ instance }) => {
    const { id, address, version, scheme, zone, weight, tags } = instance
    const fields = Object.entries({ id, address, version, scheme, zone, weight })
    const strings = fields.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`))
    const data = txtData([...strings, ...tags.map((tag) => `tag=${tag}`)])
    return record(questionName, recordType.txt, names.ttlSeconds, data)
  })
  return records.length === 0 ? noData : positive(records)
}

/** The name of an instance's address, as a target of SRV. */
function addressName(ip: Buffer, domain: WireName): Buffer | undefined {
  return nameBytes(toWireName([ip.toString('hex'), 'addr']) + domain)
}

function hostBytes(host: string): Buffer | undefined {
  const name = hostName(host)
  return name === undefined ? undefined : nameBytes(name)
}

function hostName(host: string): WireName | undefined {
  const labels = foldLabels(host)
  return labels && toWireName(labels)
}
