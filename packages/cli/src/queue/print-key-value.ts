import type { EtcdClient, KeyValue } from '@waypost/client'
import type { GlobalOptions } from '../global-options.ts'
import { rangeJson } from '../output/json.ts'
import { rangeSimple } from '../output/simple.ts'
import { headerAt } from '../store.ts'
import { terminal } from '../terminal.ts'

/** Prints a key as `waypost get` does. */
export async function printKeyValue(etcd: EtcdClient, kv: KeyValue, { writeOut, hex }: GlobalOptions): Promise<void> {
  if (writeOut === 'json') terminal.write(rangeJson(await headerAt(etcd), { kvs: [kv], count: 1n, more: false }))
  else terminal.write(rangeSimple({ kvs: [kv] }, { hex }))
}
