import {
  type DeleteResult,
  del,
  list,
  type Operation,
  type PutResult,
  put,
  type RangePage,
  type RangeSelector,
} from '@waypost/client'
import { type Command, CommanderError } from 'commander'
import type { CommandModule } from '../../command-line/commands.ts'
import { SpellingCommand } from '../../command-line/etcdctl-spelling.ts'
import { UsageError } from '../../command-line/exit-codes.ts'
import { rangeSelector } from '../../command-line/range-selector.ts'
import * as delModule from '../del.ts'
import * as getModule from '../get.ts'
import * as putModule from '../put.ts'
import { wordsOf } from './words.ts'

export type StepResult = PutResult | RangePage | DeleteResult

/** Reads `get`, `put` or `del` with the options that they have on the command line. */
export function parseStep(line: string): Operation<StepResult> {
  const steps: Operation<StepResult>[] = []
  const parser = new SpellingCommand()
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
  const add = (name: string, module: CommandModule): Command => {
    const command = parser.command(name)
    module.define(command)
    return command.helpOption(false)
  }
  add('get', getModule).action((key: string, end: string | undefined, options: getModule.GetOptions) => {
    steps.push(list(selector(key, end, options), flagsOf(options, line)))
  })
  add('put', putModule).action((key: string, value: string | undefined, options: putModule.PutOptions) => {
    if ((value === undefined) !== (options.ignoreValue === true))
      throw new UsageError(`put takes a key and a value, or --ignore-value instead of it, in \`${line}\`.`)
    steps.push(put(bytesOf(key), bytesOf(value ?? ''), options))
  })
  add('del', delModule).action((key: string, end: string | undefined, options: delModule.DelOptions) => {
    steps.push(del(selector(key, end, options), { prevKv: options.prevKv }))
  })
  try {
    parser.parse(wordsOf(line), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    throw new UsageError(`\`${line}\` is not a get, put or del: ${error.message.replace(/^error: /, '')}`)
  }
  const [step] = steps
  if (step === undefined) throw new UsageError(`\`${line}\` is not a get, put or del.`)
  return step
}

function flagsOf(options: getModule.GetOptions, line: string): ReturnType<typeof getModule.rangeFlags> {
  if (options.countOnly) throw new UsageError(`--count-only cannot be used in a transaction, in \`${line}\`.`)
  return getModule.rangeFlags(options)
}

function selector(key: string, end: string | undefined, options: getModule.GetOptions): RangeSelector {
  return rangeSelector(bytesOf(key), end === undefined ? undefined : bytesOf(end), options)
}

function bytesOf(word: string): Buffer {
  return Buffer.from(word, 'latin1')
}
