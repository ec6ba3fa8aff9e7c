import type { Permission } from '@waypost/client'
import { unlessEmpty, unlessNoBytes } from './json.ts'
import { base64, type JsonObject } from './json-line.ts'

const numbers = { read: undefined, write: 1, readwrite: 2 } as const

/** A role's permissions as `etcdctl -w json` prints them. */
export function permissionJson(permissions: readonly Permission[]): JsonObject {
  return {
    perm: unlessEmpty(
      permissions.map(({ type, keyBytes, rangeEndBytes }) => ({
        permType: numbers[type],
        key: base64(keyBytes),
        range_end: unlessNoBytes(rangeEndBytes),
      })),
    ),
  }
}
