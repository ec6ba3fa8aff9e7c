import type { EtcdClient, KeyValue } from '@waypost/client'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { rangeJson } from '../print/json.ts'
import { factsOutput } from '../print/output.ts'
import { rangeSimple } from '../print/simple.ts'
import { headerAt } from '../store/store.ts'

/** Prints a key as `waypost get` does. */
export function printKeyValue(etcd: EtcdClient, kv: KeyValue, options: GlobalOptions): Promise<void> {
  return factsOutput.print(options, {
    simple: () => rangeSimple({ kvs: [kv] }, { hex: options.hex }),
    json: async () => rangeJson(await headerAt(etcd), { kvs: [kv], count: 1n, more: false }),
  })
}
