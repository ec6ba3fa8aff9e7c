import { hash } from 'node:crypto'
import { configPrefix } from '@waypost/config'
import type { EventKind, Facts } from '../event.ts'
import { type Concern, type DerivedEvent, facts, type Moment, readFields, sameFacts, textIn } from './concern.ts'

const headsPrefix = '/waypost/config/heads/'

const kinds: Readonly<Record<string, EventKind>> = {
  publish: 'release.published',
  rollback: 'release.rolled-back',
  delete: 'release.deleted',
  import: 'release.imported',
  external: 'release.external',
  promote: 'release.promoted',
}

/** Documents and their releases: a release writes the document and its head in one revision. */
export const documents: Concern = {
  follows: (key) => key.startsWith(configPrefix) || key.startsWith(headsPrefix),
  subject: (key) => (key.startsWith(headsPrefix) ? configPrefix + key.slice(headsPrefix.length) : key),
  derive(key, moment) {
    const path = key.slice(configPrefix.length)
    const was = moment.known(key)
    const now = factsOf(key, path, was, moment)
    if (sameFacts(was, now)) return []
    const isRelease = now?.release !== undefined && now.release !== was?.release
    const event = isRelease ? releaseEvent(path, now, moment) : handEvent(was, now)
    return [{ ...event, key, path, was, now }]
  },
}

function factsOf(key: string, path: string, was: Facts | undefined, moment: Moment): Facts | undefined {
  const document = moment.change(key)
  const head = moment.change(headsPrefix + path)
  const ofHead = head === undefined ? releaseFacts(was) : head.value && headFacts(readFields(head.value))
  const ofDocument = document === undefined ? documentFacts(was) : contentFacts(document.value, moment.revision)
  const merged = { ...ofHead, ...ofDocument }
  // What a release holds need not be kept a second time.
  const isReleased = merged.checksum !== undefined && merged.checksum === merged.releaseChecksum
  const now = facts(isReleased ? { ...merged, writtenAt: undefined } : merged)
  return Object.keys(now).length === 0 ? undefined : now
}

function releaseFacts(was: Facts | undefined): Facts {
  const { release, releaseKind, releaseChecksum, author, at } = was ?? {}
  return { release, releaseKind, releaseChecksum, author, at }
}

function headFacts(fields: Facts | undefined): Facts {
  const { release, kind, checksum, author, at } = fields ?? {}
  return { release, releaseKind: kind, releaseChecksum: checksum, author, at }
}

function documentFacts(was: Facts | undefined): Facts {
  const { checksum, size, writtenAt } = was ?? {}
  return { checksum, size, writtenAt }
}

function contentFacts(value: Uint8Array | undefined, revision: bigint): Facts {
  if (value === undefined) return {}
  return { checksum: hash('sha256', value), size: value.length, writtenAt: String(revision) }
}

function releaseEvent(path: string, now: Facts, moment: Moment): Pick<DerivedEvent, 'kind' | 'by' | 'comment'> {
  const key = `/waypost/config/releases/${path}/${String(now.release).padStart(10, '0')}`
  const release = moment.change(key)?.value
  return {
    kind: kinds[String(now.releaseKind)] ?? 'release.published',
    by: textIn(now, 'author') ?? moment.audit?.author,
    comment: textIn(release && readFields(release), 'comment') ?? moment.audit?.comment,
  }
}

function handEvent(was: Facts | undefined, now: Facts | undefined): Pick<DerivedEvent, 'kind'> {
  return { kind: now?.checksum === undefined && was?.checksum !== undefined ? 'document.removed' : 'document.written' }
}
