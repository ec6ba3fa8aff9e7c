import type { Event, KeyValue } from '@waypost/protocol'

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}

/** A key-value as tests compare it. */
export interface KeyValueView {
  readonly key: string
  readonly value: string
  readonly create: bigint
  readonly mod: bigint
  readonly version: bigint
  readonly lease: bigint
}

export function kvView(kv: KeyValue): KeyValueView {
  return {
    key: text(kv.key),
    value: text(kv.value),
    create: kv.createRevision,
    mod: kv.modRevision,
    version: kv.version,
    lease: kv.lease,
  }
}

export interface EventView {
  readonly type: 'PUT' | 'DELETE'
  readonly kv: KeyValueView | undefined
  readonly prev: KeyValueView | undefined
}

export function eventView(event: Event): EventView {
  return {
    type: event.type === 1 ? 'DELETE' : 'PUT',
    kv: event.kv && kvView(event.kv),
    prev: event.prevKv && kvView(event.prevKv),
  }
}

export function keysOf(kvs: readonly KeyValue[]): string[] {
  return kvs.map((kv) => text(kv.key))
}

export function valuesOf(kvs: readonly KeyValue[]): string[] {
  return kvs.map((kv) => text(kv.value))
}
