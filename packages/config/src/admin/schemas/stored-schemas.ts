import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, WaypostError } from '@waypost/core'
import { checkedCallOptions, checkOptions } from '@waypost/core/options'
import { type ConfigObject, isConfigObject } from '../../config-value.ts'
import { recordFolders, schemaKey, scopesOf } from '../../records/keys.ts'
import { setAudited } from '../audit/audited-write.ts'
import { type Authorship, authoredCallKinds } from '../audit/authorship.ts'
import type { DocumentCheck, DocumentChecks } from './document-checks.ts'
import { compileSchema } from './schema-check.ts'

/** A stored schema and what it is for: a path, a folder with its slash, or `''` for everything. */
export interface StoredSchema {
  readonly scope: string
  readonly schema: ConfigObject
}

/** The JSON Schemas that documents must fit before they are released. The most specific one is in force. */
export class StoredSchemas {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #checks: DocumentChecks

  /** @internal Made by `ConfigCenter`. */
  constructor(etcd: EtcdClient, clock: Clock, checks: DocumentChecks) {
    this.#etcd = etcd
    this.#clock = clock
    this.#checks = checks
  }

  /**
   * Gives this configuration a check that schemas ask for by its name (`x-waypost-check`). One that was given before
   * stays.
   */
  addCheck(name: string, check: DocumentCheck): void {
    this.#checks.add(name, check)
  }

  /**
   * Sets the schema of a path, of a folder (with its slash at the end) or of everything (`''`). It is for a document
   * as it is written, before layers are merged. Fails with `invalid-argument` when it is no JSON Schema.
   */
  async set(scope: string, schema: ConfigObject, options: Authorship & CallOptions = {}): Promise<void> {
    checkOptions('schemas.set', options, authoredCallKinds)
    await compileSchema(schema)
    await this.#write('schema.set', scope, JSON.stringify(schema), options)
  }

  /** The schema of exactly this scope. */
  async get(scope: string, options?: CallOptions): Promise<ConfigObject | undefined> {
    const deadline = new Deadline({ ...checkedCallOptions('schemas.get', options), clock: this.#clock })
    const stored = await this.#etcd.kv.get(schemaKey(scope), deadline.call())
    return stored && schemaOf(scope, stored.bytes)
  }

  /** The schema in force for a path: of the path itself, or else of the nearest folder that has one. */
  find(path: string, options?: CallOptions): Promise<StoredSchema | undefined> {
    return findSchema(
      this.#etcd,
      path,
      new Deadline({ ...checkedCallOptions('schemas.find', options), clock: this.#clock }),
    )
  }

  /** Takes the schema of exactly this scope off. False when there was none. */
  async delete(scope: string, options: Authorship & CallOptions = {}): Promise<boolean> {
    checkOptions('schemas.delete', options, authoredCallKinds)
    return this.#write('schema.delete', scope, undefined, options)
  }

  /** What has a schema of its own, by name. */
  async list(options?: CallOptions): Promise<readonly string[]> {
    const range = { prefix: recordFolders.schemas }
    const list = this.#etcd.kv.list(range, {
      keysOnly: true,
      ...new Deadline({ ...checkedCallOptions('schemas.list', options), clock: this.#clock }).call(),
    })
    return (await list.toArray()).map(({ key }) => key.slice(recordFolders.schemas.length))
  }

  #write(
    action: string,
    scope: string,
    value: string | undefined,
    options: Authorship & CallOptions,
  ): Promise<boolean> {
    return setAudited(this.#etcd, this.#clock, { action, scope, key: schemaKey(scope), value }, options)
  }
}

/** @internal The schema in force for a path. */
export async function findSchema(
  etcd: EtcdClient,
  path: string,
  deadline: Deadline,
): Promise<StoredSchema | undefined> {
  const scopes = scopesOf(path)
  const stored = await Promise.all(scopes.map((scope) => etcd.kv.get(schemaKey(scope), deadline.call())))
  for (const [index, scope] of scopes.entries()) {
    const found = stored[index]
    if (found) return { scope, schema: schemaOf(scope, found.bytes) }
  }
  return undefined
}

function schemaOf(scope: string, bytes: Uint8Array): ConfigObject {
  try {
    const schema: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (isConfigObject(schema)) return schema
  } catch {
    // Said below.
  }
  throw new WaypostError('invalid-document', `The stored schema ${schemaKey(scope)} is not a JSON object.`, {
    details: { scope },
  })
}
