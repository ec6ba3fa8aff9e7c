import type { EtcdClient } from '@waypost/client'
import { type Access, type AccessMode, ConfigCenter, needText } from '@waypost/config/admin'
import { andList, WaypostError } from '@waypost/core'
import type { Asked, KeyAccess } from './asked.ts'

/**
 * A denial that names the action, the keys, and the grant that would allow it. Users may look at their own roles; when
 * the store does not tell them either, the grant is named all the same.
 */
export async function explainDenial(
  error: WaypostError,
  etcd: EtcdClient,
  user: string,
  asked: Asked,
): Promise<WaypostError> {
  const sentence = await sentenceOf(etcd, user, asked)
  return new WaypostError('permission-denied', sentence, { cause: error, endpoint: error.endpoint })
}

async function sentenceOf(etcd: EtcdClient, user: string, asked: Asked): Promise<string> {
  if ('needs' in asked) return `${user} may not do this: ${asked.needs}`
  const all = [asked].flat()
  const accesses = all.filter((each) => 'action' in each)
  if (accesses.length > 0) return await accessSentence(etcd, user, accesses)
  return keySentence(
    user,
    all.filter((each) => 'type' in each),
  )
}

function keySentence(user: string, accesses: readonly KeyAccess[]): string {
  const list = accesses.map((access) => `${verbOf(access)} ${wordsOf(access)}`)
  const grants = accesses.map((access) => `waypost role grant-permission <role> ${access.type} ${wordsOf(access)}`)
  return `${user} may not ${andList(list)}. This allows it: ${grants.join(' && ')}`
}

function verbOf({ type }: KeyAccess): string {
  return type === 'readwrite' ? 'read and write' : type
}

function wordsOf({ key, range = '' }: KeyAccess): string {
  return `${shellWord(key)} ${range}`.trim()
}

async function accessSentence(etcd: EtcdClient, user: string, accesses: readonly Access[]): Promise<string> {
  await using config = new ConfigCenter(etcd)
  const mode = await known(config.access.mode(), 'direct' as const)
  for (const access of accesses) {
    const missing = await missingNeeds(config, user, access)
    if (missing.length > 0 || access === accesses.at(-1)) return sentenceFor(user, access, mode, missing)
  }
  return `${user} may not do this.`
}

function sentenceFor(user: string, { action, subject }: Access, mode: AccessMode, missing: readonly string[]): string {
  const what = `${user} may not ${action} ${subject || 'everything'}`
  if (mode === 'strict' && action !== 'read' && action !== 'register') {
    return (
      `${what} past the hub: this store is in strict mode, in which the hub writes for everybody. Ask it: ` +
      `${askWords(action, subject)}. This allows to ask: waypost access grant ${shellWord(user)} ${action} ${shellWord(subject)}`
    )
  }
  const keys = missing.length === 0 ? '' : ` It lacks: ${missing.join('; ')}.`
  return `${what}.${keys} This allows it: waypost access grant ${shellWord(user)} ${action} ${shellWord(subject)}`
}

/** What the command line can ask a hub for by itself, and where the rest is asked for. */
function askWords(action: Access['action'], subject: string): string {
  if (subject === '' || subject.endsWith('/')) return 'with --hub, in the console, or over its HTTP API'
  const commands: Partial<Record<Access['action'], string>> = {
    publish: `waypost config publish ${shellWord(subject)} <file>`,
    approve: `waypost config approve ${shellWord(subject)}`,
    operate: `waypost services drain ${shellWord(subject)} <id>`,
  }
  const command = commands[action]
  if (command === undefined) return 'with --hub, in the console, or over its HTTP API'
  return `${command} --hub http://<address of the hub>:8379`
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

async function missingNeeds(config: ConfigCenter, user: string, access: Access): Promise<readonly string[]> {
  const needs = await known(config.access.why(user, access, { mode: 'direct' }), [])
  return needs.filter(({ role }) => role === undefined).map(needText)
}

/** What the store does not tell is left out. */
async function known<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (WaypostError.is(error)) return otherwise
    throw error
  }
}
