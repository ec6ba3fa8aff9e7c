import type { ConfigObject } from '../config-value.ts'
import { type ParsedRecord, parseRecord } from './json-record.ts'

/** What a live process loads, on the process's lease. */
export interface ConsumerRecord {
  readonly app: string
  readonly profile?: string | undefined
  /** The stable id of the instance, by which canaries are assigned. */
  readonly instance: string
  /** The program's version, to name it in messages: `order@1.4`. */
  readonly version?: string | undefined
  readonly zone?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Every path that it reads if it is there, from general to specific. */
  readonly documents: readonly string[]
  /** The imports that the program itself asks for. */
  readonly imports?: readonly string[] | undefined
  /** The applications whose layers the program lays below its own. */
  readonly extends?: readonly string[] | undefined
  /** Whether it has no documents of its own. */
  readonly importsOnly?: boolean | undefined
  /** What its configuration must fit, once merged: a JSON Schema. */
  readonly schema?: ConfigObject | undefined
}

export function serializeConsumer(consumer: ConsumerRecord): string {
  return JSON.stringify(consumer)
}

export function parseConsumer(bytes: Uint8Array): ParsedRecord<ConsumerRecord> {
  return parseRecord(bytes, (fields) => ({
    app: fields.string('app'),
    profile: fields.optionalString('profile'),
    instance: fields.string('instance'),
    version: fields.optionalString('version'),
    zone: fields.optionalString('zone'),
    labels: fields.optionalTexts('labels'),
    documents: fields.optionalStrings('documents') ?? [],
    imports: fields.optionalStrings('imports'),
    extends: fields.optionalStrings('extends'),
    importsOnly: fields.optionalBoolean('importsOnly'),
    schema: fields.optionalMapping('schema'),
  }))
}
