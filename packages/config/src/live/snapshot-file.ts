import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '@waypost/core'
import type { ResolvedIdentity } from '../identity.ts'
import type { StoredDocument } from '../layers/parsed-documents.ts'
import type { DocumentLookUp, LayerOptions, LayerText } from '../layers/walk.ts'
import { checksumOf, readContent, restoreContent, storeContent } from '../records/content.ts'
import { parseRecord } from '../records/json-record.ts'

/** The documents of a configuration that was in force, as a file keeps them. Secrets in it stay encrypted. */
export interface ConfigSnapshot {
  readonly writtenAt: Date
  readonly revision: bigint
  readonly lookUp: DocumentLookUp
}

const version = 1

/**
 * The last good configuration on disk, for a start while the store is away. Written as a whole beside the old one and
 * renamed over it, readable by its owner alone.
 */
export class SnapshotFile {
  readonly path: string
  readonly #directory: string
  readonly #what: string
  /** One write at a time; what comes meanwhile replaces what waits. */
  #writing: Promise<void> = Promise.resolve()
  #waiting: string | undefined
  #written: string | undefined

  /** The file of one configuration: another namespace, application, profile, import or instance has another. */
  constructor(directory: string, namespace: string, options: LayerOptions, identity: ResolvedIdentity) {
    const { app, profile, imports = [], extends: bases = [] } = options
    this.#directory = directory
    this.#what = JSON.stringify([namespace, app, profile ?? null, imports, bases, identity.instance])
    const name = [app, profile ?? []]
      .flat()
      .join('~')
      .replace(/[^\w.~-]+/g, '_')
      .slice(0, 80)
    this.path = join(directory, `${name}~${createHash('sha256').update(this.#what).digest('hex').slice(0, 12)}.json`)
  }

  /** Writes soon. The promise settles when this or something newer is on disk; it fails when that cannot be. */
  write(texts: readonly LayerText[], revision: bigint, now: Date): Promise<void> {
    const documents = texts.map(({ path, bytes, revision: modRevision, release }) => ({
      path,
      revision: String(modRevision),
      release,
      ...storeContent(bytes),
    }))
    const body = JSON.stringify({ what: this.#what, revision: String(revision), documents })
    if (body === this.#written) return this.#writing
    this.#written = body
    const head = { version, writtenAt: now.toISOString(), checksum: checksumOf(Buffer.from(body)) }
    // The body is text within the text, so that its checksum is that of the same bytes.
    const queued = this.#waiting !== undefined
    this.#waiting = JSON.stringify({ ...head, body })
    if (!queued) {
      this.#writing = this.#writing.catch(() => {}).then(() => this.#replace())
      this.#writing.catch(() => {})
    }
    return this.#writing
  }

  /** Settles when nothing is being written. Never fails. */
  async idle(): Promise<void> {
    await this.#writing.catch(() => {})
  }

  /** What was written last; `undefined` when there is no file; a sentence when it cannot be used. */
  async read(): Promise<ConfigSnapshot | string | undefined> {
    let bytes: Uint8Array
    try {
      bytes = await readFile(this.path)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      return `The snapshot cannot be read: ${messageOf(error)}`
    }
    const unusable = (why: string): string => `The snapshot ${this.path} is not used: ${why}.`
    const { record, damage } = parseRecord(bytes, (fields) => ({
      version: fields.count('version'),
      writtenAt: new Date(fields.string('writtenAt')),
      checksum: fields.string('checksum'),
      body: fields.string('body'),
    }))
    if (record === undefined) return unusable(`it is damaged: ${damage}`)
    if (record.version !== version)
      return unusable(`it has version ${record.version}, and this program reads ${version}`)
    const body = Buffer.from(record.body)
    if (checksumOf(body) !== record.checksum) return unusable('it is damaged: its checksum is wrong')
    const content = parseRecord(body, (fields) => ({
      what: fields.string('what'),
      revision: fields.revision('revision'),
      documents: fields.objects('documents', (document) => ({
        path: document.string('path'),
        modRevision: document.revision('revision'),
        release: document.optionalCount('release'),
        bytes: restoreContent(readContent(document)),
      })),
    }))
    if (content.record === undefined) return unusable(`it is damaged: ${content.damage}`)
    if (content.record.what !== this.#what) return unusable('it belongs to another configuration')
    const { revision, documents } = content.record
    return { writtenAt: record.writtenAt, revision, lookUp: lookUpIn(documents) }
  }

  async #replace(): Promise<void> {
    const text = this.#waiting
    if (text === undefined) return
    this.#waiting = undefined
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const temporary = `${this.path}.${process.pid}.tmp`
    try {
      const file = await open(temporary, 'w', 0o600)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, this.path)
    } catch (error) {
      this.#written = undefined
      await rm(temporary, { force: true })
      throw error
    }
    await syncDirectory(this.#directory)
  }
}

function lookUpIn(
  documents: readonly (StoredDocument & { readonly path: string; readonly release: number | undefined })[],
): DocumentLookUp {
  const byPath = new Map(documents.map((document) => [document.path, document]))
  return {
    document: (path) => byPath.get(path),
    release: (path, checksum) => {
      const document = byPath.get(path)
      return document && checksumOf(document.bytes) === checksum ? document.release : undefined
    },
  }
}

/** Makes the rename itself durable; file systems that cannot sync a directory do without. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}
