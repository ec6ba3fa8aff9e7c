import type { EtcdClient } from '@waypost/client'
import type { ConfigCenter } from '@waypost/config/admin'
import type { Coordination } from '@waypost/coordination'
import type { Registry } from '@waypost/registry'
import type { OperationExample } from '../../src/operation/operation.ts'

/** The store as root has it. */
export interface PreparedStore {
  readonly etcd: EtcdClient
  readonly registry: Registry
  readonly config: ConfigCenter
  readonly coordination: Coordination
}

/**
 * Makes what the example of an operation needs: that there is a document, a lease, a job. What it returns replaces the
 * parts of the example, for ids that are not known before. Called before each of the two tries.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most of them have nothing to return.
export type Prepare = (store: PreparedStore) => Promise<OperationExample | void>

/** By the id of the operation. */
export type Preparations = Readonly<Record<string, Prepare>>
