import type { EtcdClient } from '@waypost/client'
import type { GlobalOptions } from './global-options.ts'
import { type JsonObject, jsonLine } from './output/go-json.ts'
import { headerFields } from './output/json.ts'
import { headerAt } from './store.ts'
import { terminal } from './terminal.ts'

/** Prints what was done: a sentence, or as JSON the store's header and what else is in etcd's answer. */
export async function reportDone(
  etcd: EtcdClient,
  { writeOut }: GlobalOptions,
  sentence: string,
  fields: JsonObject = {},
): Promise<void> {
  if (writeOut !== 'json') terminal.write(sentence)
  else terminal.write(jsonLine({ header: headerFields(await headerAt(etcd)), ...fields }))
}

/** The same for what was done to members, where etcd's header has no revision. */
export async function reportMembers(
  etcd: EtcdClient,
  { writeOut }: GlobalOptions,
  sentence: string,
  fields: JsonObject,
): Promise<void> {
  if (writeOut !== 'json') terminal.write(sentence)
  else terminal.write(jsonLine({ header: headerFields(await headerAt(etcd, 0n)), ...fields }))
}
