import type { EtcdClient } from '@waypost/client'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { applyContext } from '../../store/apply-context.ts'
import { withStore } from '../../store/store.ts'

/** A prompt waits for this: a store that takes longer adds no names. */
const timeoutMs = 700
const maxNames = 200

/** What may stand in the place of the last word: commands, options, and names in the store. */
export async function completions(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const last = words.at(-1) ?? ''
  const { command, operands, globals } = await commandOf(program, words.slice(0, -1))
  // Only now: loading a command resets what was set before.
  for (const [name, value] of globals) program.setOptionValue(name, name === 'endpoints' ? value.split(',') : value)
  if (last.startsWith('-')) return startingWith(optionsOf(command, program), last)
  const names = command.commands.map((each) => each.name())
  const argument = command.registeredArguments[operands.length] ?? command.registeredArguments.at(-1)
  const live = argument === undefined ? [] : await liveNames(program, pathOf(command), argument.name(), operands, last)
  return startingWith([...(operands.length === 0 ? names : []), ...live], last)
}

/** The command that the words lead to, loaded, and the words behind its name that are no options. */
async function commandOf(
  program: Command,
  words: readonly string[],
): Promise<{
  readonly command: Command
  readonly operands: readonly string[]
  /** Options that say where the store is. */
  readonly globals: readonly (readonly [name: string, value: string])[]
}> {
  let command = program
  let operands: string[] = []
  const globals: [string, string][] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word.startsWith('-')) {
      const option = [...command.options, ...program.options].find(({ long, short }) => long === word || short === word)
      if (option?.required) {
        const value = words[at + 1]
        if (program.options.includes(option) && value !== undefined) globals.push([option.attributeName(), value])
        at += 1
      }
      continue
    }
    const next =
      operands.length === 0
        ? command.commands.find((each) => each.name() === word || each.aliases().includes(word))
        : undefined
    if (next === undefined) {
      operands.push(word)
      continue
    }
    await load(command, next)
    command = next
    operands = []
  }
  return { command, operands, globals }
}

/** Runs the hook that loads a command's own file, by asking for its help. */
async function load(parent: Command, command: Command): Promise<void> {
  const quiet = { writeOut: () => {}, writeErr: () => {} }
  parent.configureOutput(quiet).exitOverride()
  command.configureOutput(quiet).exitOverride()
  await parent.parseAsync([command.name(), '--help'], { from: 'user' }).catch(() => {})
}

function pathOf(command: Command): string {
  return command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

function optionsOf(command: Command, program: Command): readonly string[] {
  return [...command.options, ...program.options].filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? [])
}

function startingWith(words: readonly string[], start: string): readonly string[] {
  return [...new Set(words.filter((word) => word.startsWith(start)))].toSorted()
}

async function liveNames(
  program: Command,
  command: string,
  argument: string,
  operands: readonly string[],
  last: string,
): Promise<readonly string[]> {
  const look = lookFor(command, argument, operands, last)
  if (look === undefined) return []
  try {
    await applyContext(program)
    const options = { ...program.opts<GlobalOptions>(), timeout: timeoutMs }
    // Nobody can be asked for a password here.
    if (process.stdin.isTTY && options.user !== undefined && options.passwordSource === undefined) return []
    return await withStore(options, look)
  } catch {
    return []
  }
}

type Look = (etcd: EtcdClient) => Promise<readonly string[]>

function lookFor(command: string, argument: string, operands: readonly string[], last: string): Look | undefined {
  const [group = ''] = command.split(' ')
  if (group === 'services' || (group === 'register' && argument === 'service')) {
    if (argument === 'id') return (etcd) => namesBelow(etcd, `/services/${operands[0]}/`, last)
    return argument === 'name' || argument === 'service' ? (etcd) => namesBelow(etcd, '/services/', last) : undefined
  }
  if (group === 'config' && (argument === 'path' || argument === 'paths' || argument === 'app')) {
    return (etcd) => pathsBelow(etcd, last)
  }
  if (['get', 'put', 'del', 'watch'].includes(group) && argument === 'key') return (etcd) => keysFrom(etcd, last)
  return undefined
}

/** The next part of the keys below a prefix. */
async function namesBelow(etcd: EtcdClient, prefix: string, last: string): Promise<readonly string[]> {
  const keys = await keysFrom(etcd, prefix + last)
  return keys.map((key) => key.slice(prefix.length).split('/')[0] ?? '')
}

/** One level at a time, as files are completed. */
async function pathsBelow(etcd: EtcdClient, last: string): Promise<readonly string[]> {
  const keys = await keysFrom(etcd, `/config/${last}`)
  return keys.map((key) => {
    const path = key.slice('/config/'.length)
    const slash = path.indexOf('/', last.length)
    return slash === -1 ? path : path.slice(0, slash + 1)
  })
}

async function keysFrom(etcd: EtcdClient, prefix: string): Promise<readonly string[]> {
  const range = prefix === '' ? { all: true as const } : { prefix }
  const { kvs } = await etcd.kv.range(range, { limit: maxNames, keysOnly: true, timeoutMs })
  return kvs.map(({ key }) => key)
}
