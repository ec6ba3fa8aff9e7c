import { readFile } from 'node:fs/promises'
import { messageOf } from '@waypost/core'
import { type Command, InvalidArgumentError, type Option } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'

/** Groups of etcd's own configuration file, and what the names of their members begin with as options. */
const etcdGroups: ReadonlyMap<string, string> = new Map([
  ['client-transport-security', ''],
  ['peer-transport-security', 'peer-'],
])

/** Variables that mean something else than the option of that name. */
const otherVariables: ReadonlySet<string> = new Set(['WAYPOST_CONFIG', 'WAYPOST_CHECK_CONFIG', 'WAYPOST_CONTEXT'])

interface Setting {
  readonly value: string
  /** For messages: the file and key, or the variable. */
  readonly from: string
}

/**
 * Fills in the options that the command line does not give: from `WAYPOST_<OPTION>`, else from a configuration file. The
 * file is YAML with the names of the options, or etcd's own configuration file. Throws a `UsageError` for a name that is
 * no option, and for a value that the option does not take. The answer says where each of them comes from.
 */
export async function applySettings(command: Command, file: string | undefined): Promise<ReadonlyMap<string, string>> {
  const fromFile = file === undefined ? new Map<string, Setting>() : await readSettings(file)
  const known = new Map(command.options.map((option) => [option.name(), option]))
  const unknown = [...fromFile.keys()].find((name) => !known.has(name))
  if (unknown !== undefined) {
    throw new UsageError(
      `${fromFile.get(unknown)?.from}: there is no option ${unknown}. See waypost ${command.name()} --help.`,
    )
  }
  const origins = new Map<string, string>()
  for (const [name, option] of known) {
    if (command.getOptionValueSource(option.attributeName()) === 'cli') continue
    const setting = fromEnvironment(name) ?? fromFile.get(name)
    if (setting === undefined) continue
    apply(command, option, setting)
    origins.set(name, setting.from)
  }
  return origins
}

function fromEnvironment(option: string): Setting | undefined {
  const variable = `WAYPOST_${option.toUpperCase().replaceAll('-', '_')}`
  const value = process.env[variable]
  return value === undefined || value === '' || otherVariables.has(variable) ? undefined : { value, from: variable }
}

function apply(command: Command, option: Option, { value, from }: Setting): void {
  const name = option.attributeName()
  if (!option.required && !option.optional) {
    if (value !== 'true' && value !== 'false') throw new UsageError(`${from} must be true or false, not ${value}.`)
    if (value === 'true') command.setOptionValueWithSource(name, !option.negate, 'config')
    return
  }
  if (option.argChoices !== undefined && !option.argChoices.includes(value)) {
    throw new UsageError(`${from} is one of ${option.argChoices.join(', ')}, not ${value}.`)
  }
  try {
    const parsed: unknown = option.parseArg === undefined ? value : option.parseArg(value, undefined)
    command.setOptionValueWithSource(name, parsed, 'config')
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new UsageError(`${from} cannot be ${value}: ${error.message}`)
  }
}

async function readSettings(file: string): Promise<Map<string, Setting>> {
  const { parse } = await import('yaml')
  let content: unknown
  try {
    content = parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`)
  }
  if (content === null) return new Map()
  if (!isObject(content)) throw new UsageError(`${file} is not a mapping of options to values.`)
  const settings = new Map<string, Setting>()
  for (const [name, value] of Object.entries(content)) {
    const group = etcdGroups.get(name)
    if (group !== undefined && isObject(value)) {
      for (const [inner, innerValue] of Object.entries(value))
        add(settings, group + inner, innerValue, `${file}: ${name}.${inner}`)
    } else add(settings, name, value, `${file}: ${name}`)
  }
  return settings
}

function add(settings: Map<string, Setting>, name: string, value: unknown, from: string): void {
  if (value === null || value === '') return
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    settings.set(name, { value: value.join(','), from })
  } else if (typeof value === 'object') throw new UsageError(`${from} must be one value, not a mapping.`)
  else settings.set(name, { value: String(value), from })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
