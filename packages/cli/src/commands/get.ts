import type { EtcdClient, RangeFlags, RangeSelector, SortBy } from '@waypost/client'
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../command-line/exit-codes.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { examples } from '../command-line/help.ts'
import { parseInt64, parseLimit } from '../command-line/parse-values.ts'
import { rangeSelector, rangeWords } from '../command-line/range-selector.ts'
import { headerLines, rangeLines } from '../print/fields.ts'
import { rangeJson } from '../print/json.ts'
import { Output } from '../print/output.ts'
import { rangeSimple } from '../print/simple.ts'
import { headerAt, withStore } from '../store/store.ts'

export const output = new Output('simple', 'json', 'fields', 'table')

type SortOrder = 'ascending' | 'descending'

export interface GetOptions extends GlobalOptions {
  readonly prefix?: true
  readonly fromKey?: true
  readonly rev?: bigint
  readonly limit?: number
  readonly sortBy?: SortBy
  readonly order?: SortOrder
  readonly keysOnly?: true
  readonly countOnly?: true
  readonly printValueOnly?: true
  readonly consistency?: 'l' | 's'
}

const sortFields: Readonly<Record<string, SortBy>> = {
  CREATE: 'createRevision',
  KEY: 'key',
  MODIFY: 'modRevision',
  VALUE: 'value',
  VERSION: 'version',
}
const sortOrders: Readonly<Record<string, SortOrder>> = { ASCEND: 'ascending', DESCEND: 'descending' }

export function define(command: Command): void {
  command
    .description('Read a key, or the keys from <key> up to [end], exclusive.')
    .argument('<key>')
    .argument('[end]')
    .option('--prefix', 'all keys that start with <key>')
    .option('--from-key', 'all keys from <key>, in byte order')
    .option('--rev <revision>', 'at this revision', parseInt64)
    .option('--limit <number>', 'at most this many keys; 0 means all', parseLimit)
    .option('--sort-by <field>', 'CREATE, KEY, MODIFY, VALUE or VERSION', oneOf(sortFields))
    .option('--order <order>', 'ASCEND or DESCEND', oneOf(sortOrders))
    .option('--keys-only', 'omit the values')
    .option('--count-only', 'print only the number of keys')
    .option('--print-value-only', 'omit the keys (simple output)')
    .option('--consistency <kind>', 'l: linearizable; s: whatever this member knows', parseConsistency)
    .addHelpText(
      'after',
      examples(
        ['waypost get /config/order/timeout', ''],
        ['waypost get --prefix /services/ --keys-only', ''],
        ['waypost get --prefix /config/ --rev 120 -w table', 'at revision 120'],
        ["waypost get --prefix '' --count-only", 'the number of keys'],
        ['waypost get --prefix / --sort-by MODIFY --order DESCEND --limit 10', 'the last ten changes'],
      ),
    )
    .action(get)
}

async function get(key: string, end: string | undefined, _own: GetOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GetOptions>()
  if (options.keysOnly && options.countOnly) throw new UsageError('Give --keys-only or --count-only, not both.')
  const range = rangeSelector(key, end, options)
  await withStore(options, (etcd) => (options.countOnly ? count(etcd, range, options) : list(etcd, range, options)), {
    type: 'read',
    key,
    range: rangeWords(end, options),
  })
}

async function list(etcd: EtcdClient, range: RangeSelector, options: GetOptions): Promise<void> {
  const page = await etcd.kv.range(range, rangeFlags(options))
  await output.print(options, {
    simple: () => rangeSimple(page, { valueOnly: options.printValueOnly, hex: options.hex }),
    json: async () => rangeJson(await headerAt(etcd, page.revision), page),
    fields: async () => headerLines(await headerAt(etcd, page.revision)) + rangeLines(page),
    table: async () => (await import('../print/key-tables.ts')).rangeTable(page, options.keysOnly),
  })
}

/** What the options say about a range request. */
export function rangeFlags(options: GetOptions): RangeFlags {
  const { rev, limit, sortBy, order = 'ascending', keysOnly, consistency } = options
  return {
    revision: rev,
    limit: limit === 0 ? undefined : limit,
    sort: sortBy === undefined && order === 'ascending' ? undefined : { by: sortBy, order },
    keysOnly,
    serializable: consistency === 's',
  }
}

async function count(etcd: EtcdClient, range: RangeSelector, options: GetOptions): Promise<void> {
  const keys = await etcd.kv.count(range, { revision: options.rev, serializable: options.consistency === 's' })
  const answer = { kvs: [], count: keys, more: false }
  await output.print(options, {
    simple: () => `${keys}\n`,
    json: async () => rangeJson(await headerAt(etcd), answer),
    fields: async () => headerLines(await headerAt(etcd)) + rangeLines(answer),
    table: () => `${keys}\n`,
  })
}

function oneOf<T>(values: Readonly<Record<string, T>>): (text: string) => T {
  return (text) => {
    const value = values[text.toUpperCase()]
    if (value === undefined) throw new InvalidArgumentError(`It is one of ${Object.keys(values).join(', ')}.`)
    return value
  }
}

function parseConsistency(text: string): 'l' | 's' {
  if (text !== 'l' && text !== 's') throw new InvalidArgumentError('It is l or s.')
  return text
}
