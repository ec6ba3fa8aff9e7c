import type { Permission, PermissionType } from '@waypost/client'
import { prefixEnd } from '@waypost/protocol'

/** What etcdctl prints of a role. */
export function roleText(role: string, permissions: readonly Permission[]): string {
  const ofType = (type: PermissionType): string =>
    permissions
      .filter((permission) => permission.type === type || permission.type === 'readwrite')
      .map((permission) => `\t${rangeText(permission)}\n`)
      .join('')
  return `Role ${role}\nKV Read:\n${ofType('read')}KV Write:\n${ofType('write')}`
}

/** The keys of a permission: one key, or a half-open interval, as etcdctl writes it. */
function rangeText({ key, rangeEnd, keyBytes, rangeEndBytes }: Permission): string {
  if (rangeEnd === '') return key
  const interval = rangeEnd === '\0' ? `[${key}, <open ended>` : `[${key}, ${rangeEnd})`
  return key !== '' && Buffer.compare(prefixEnd(keyBytes), rangeEndBytes) === 0
    ? `${interval} (prefix ${key})`
    : interval
}
