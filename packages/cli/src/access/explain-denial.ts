import type { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { coverOf, needText, permissionsOf } from './held-permissions.ts'
import { type Access, type Asked, type KeyAccess, needsOf } from './presets.ts'

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
  const sentence = 'type' in asked ? keySentence(user, asked) : await accessSentence(etcd, user, [asked].flat())
  return new WaypostError('permission-denied', sentence, { cause: error, endpoint: error.endpoint })
}

function keySentence(user: string, { type, key, range = '' }: KeyAccess): string {
  const words = `${shellWord(key)} ${range}`.trim()
  return `${user} may not ${type} ${words}. This allows it: waypost role grant-permission <role> ${type} ${words}`
}

async function accessSentence(etcd: EtcdClient, user: string, accesses: readonly Access[]): Promise<string> {
  for (const access of accesses) {
    const missing = await missingNeeds(etcd, user, access)
    if (missing.length > 0 || access === accesses.at(-1)) return sentenceFor(user, access, missing)
  }
  return `${user} may not do this.`
}

function sentenceFor(user: string, { action, subject }: Access, missing: readonly string[]): string {
  const keys = missing.length === 0 ? '' : ` It lacks: ${missing.join('; ')}.`
  const grant = `waypost access grant ${shellWord(user)} ${action} ${shellWord(subject)}`
  return `${user} may not ${action} ${subject || 'everything'}.${keys} This allows it: ${grant}`
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

async function missingNeeds(etcd: EtcdClient, user: string, access: Access): Promise<readonly string[]> {
  try {
    const { isRoot, held } = await permissionsOf(etcd, user)
    return needsOf(access)
      .filter((need) => !isRoot && coverOf(need, held, etcd.namespace) === undefined)
      .map(needText)
  } catch (error) {
    if (WaypostError.is(error)) return []
    throw error
  }
}
