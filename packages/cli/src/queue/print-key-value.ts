import type { EtcdClient, KeyValue } from '@waypost/client'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { rangeJson } from '../print/json.ts'
import { rangeSimple } from '../print/simple.ts'
import { headerAt } from '../store/store.ts'
import { terminal } from '../terminal/terminal.ts'

/** Prints a key as `waypost get` does. */
export async function printKeyValue(etcd: EtcdClient, kv: KeyValue, { writeOut, hex }: GlobalOptions): Promise<void> {
  if (writeOut === 'json') terminal.write(rangeJson(await headerAt(etcd), { kvs: [kv], count: 1n, more: false }))
  else terminal.write(rangeSimple({ kvs: [kv] }, { hex }))
}
