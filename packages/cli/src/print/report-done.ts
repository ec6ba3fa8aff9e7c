import type { EtcdClient } from '@waypost/client'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { headerAt } from '../store/store.ts'
import type { Header } from './answers.ts'
import { headerLines } from './fields.ts'
import { headerFields } from './json.ts'
import type { JsonObject } from './json-line.ts'
import { Output } from './output.ts'

export const doneOutput = new Output('simple', 'json', 'fields')

/** What etcd's answer holds beside its header. */
export interface AnswerParts {
  readonly json?: JsonObject | undefined
  /** As lines of `-w fields`. */
  readonly lines?: string | undefined
}

/** Prints what was done: a sentence, or as JSON or fields the store's header and what else is in etcd's answer. */
export async function reportDone(
  etcd: EtcdClient,
  options: GlobalOptions,
  sentence: string,
  parts: AnswerParts = {},
): Promise<void> {
  await report(options, sentence, parts, () => headerAt(etcd))
}

/** The same for what is about members, where etcd's header has no revision. */
export async function reportMembers(
  etcd: EtcdClient,
  options: GlobalOptions,
  sentence: string,
  parts: AnswerParts,
): Promise<void> {
  await report(options, sentence, parts, () => headerAt(etcd, 0n))
}

function report(
  options: GlobalOptions,
  sentence: string,
  { json = {}, lines = '' }: AnswerParts,
  header: () => Promise<Header>,
): Promise<void> {
  return doneOutput.print(options, {
    simple: () => sentence,
    json: async () => ({ header: headerFields(await header()), ...json }),
    fields: async () => headerLines(await header()) + lines,
  })
}
