import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { messageOf } from '@waypost/core'
import { UsageError } from '../command-line/exit-codes.ts'

/** Where a password comes from: it never stands in the file itself. */
export type PasswordSource = { readonly env: string } | { readonly command: string }

/** A store by a name: where it is, who logs in, and inside which keys. */
export interface StoreContext {
  readonly endpoints: readonly string[]
  readonly user?: string | undefined
  readonly password?: PasswordSource | undefined
  readonly namespace?: string | undefined
  readonly cacert?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The address of a hub of the store, for what is asked of one. */
  readonly hub?: string | undefined
}

export interface Contexts {
  readonly current?: string | undefined
  readonly contexts: Readonly<Record<string, StoreContext>>
}

const writableByOthers = 0o022

/** `contexts.json` in the user's configuration directory: `$XDG_CONFIG_HOME`, else `~/.config`; `%APPDATA%` on Windows. */
export function contextsFile(env: NodeJS.ProcessEnv = process.env): string {
  const home = env.XDG_CONFIG_HOME || (process.platform === 'win32' && env.APPDATA) || join(homedir(), '.config')
  return join(home, 'waypost', 'contexts.json')
}

/** None when there is no file. Throws a `UsageError` for a file that cannot be used. */
export async function readContexts(file = contextsFile()): Promise<Contexts> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
    // A password command in it is run: nobody else may put one there.
    const { mode } = await stat(file)
    if (process.platform !== 'win32' && (mode & writableByOthers) !== 0) {
      throw new UsageError(`${file} can be written by others: run chmod 600 on it.`)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { contexts: {} }
    if (error instanceof UsageError) throw error
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`)
  }
  return parseContexts(text, file)
}

/** Replaces the file in one step, for its owner alone. */
export async function writeContexts(contexts: Contexts, file = contextsFile()): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const part = `${file}.${process.pid}.part`
  try {
    await writeFile(part, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600 })
    await chmod(part, 0o600)
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** The context of that name. Throws a `UsageError` that lists those that there are. */
export function contextNamed(name: string, { contexts }: Contexts): StoreContext {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (context !== undefined) return context
  const names = Object.keys(contexts)
  const known =
    names.length === 0 ? 'There is none yet: `waypost context add` makes one.' : `There are: ${names.join(', ')}.`
  throw new UsageError(`There is no context ${name}. ${known}`)
}

function parseContexts(text: string, file: string): Contexts {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${messageOf(error)}`)
  }
  if (!isObject(content) || !isObject(content.contexts)) throw new UsageError(`${file} has no object "contexts".`)
  const { current } = content
  const contexts: Record<string, StoreContext> = {}
  for (const [name, context] of Object.entries(content.contexts)) contexts[name] = parseContext(name, context, file)
  return { current: typeof current === 'string' ? current : undefined, contexts }
}

function parseContext(name: string, context: unknown, file: string): StoreContext {
  const wrong = (what: string): UsageError => new UsageError(`${file}: the context ${name} ${what}.`)
  if (!isObject(context)) throw wrong('is not an object')
  const { endpoints, password } = context
  if (!isTexts(endpoints) || endpoints.length === 0) throw wrong('needs "endpoints", a list of addresses')
  const text = (field: string): string | undefined => {
    const value = context[field]
    if (value === undefined || typeof value === 'string') return value
    throw wrong(`has a "${field}" that is not a text`)
  }
  if (password !== undefined && !isPasswordSource(password)) {
    throw wrong('has a "password" that is neither {"env": "<variable>"} nor {"command": "<command>"}')
  }
  return {
    endpoints,
    user: text('user'),
    password,
    namespace: text('namespace'),
    cacert: text('cacert'),
    cert: text('cert'),
    key: text('key'),
    hub: text('hub'),
  }
}

function isPasswordSource(value: unknown): value is PasswordSource {
  return isObject(value) && (typeof value.env === 'string' || typeof value.command === 'string')
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
