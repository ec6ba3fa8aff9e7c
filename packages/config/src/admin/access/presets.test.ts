import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { coverOf, type HeldPermission, needText } from './held-permissions.ts'
import { accessActions, type Need, needsOf } from './presets.ts'
import type { AccessMode } from './rights.ts'

test('every preset is documented with its permissions in both modes', () => {
  const page = readFileSync(new URL('../../../../../docs/reference/permissions.md', import.meta.url), 'utf8')
  const [direct = '', strict = ''] = page.split('## The keys behind asking')
  const expectRow = (text: string, action: (typeof accessActions)[number], mode: AccessMode): void => {
    const subject = action === 'hub' ? '' : action === 'operate' || action === 'register' ? 'order' : 'order/'
    const needs = needsOf({ action, subject }, mode).map((need) => `\`${needText(need)}\``)
    expect(text).toContain(`| \`${action} ${subject || "''"}\` | ${needs.join('<br>')} |`)
  }
  for (const action of accessActions) expectRow(direct, action, 'direct')
  for (const action of ['publish', 'approve', 'bypass', 'govern', 'operate'] as const)
    expectRow(strict, action, 'strict')
})

function held(type: Need['type'], key: string, rangeEnd: string): HeldPermission {
  return { role: 'r', type, key, rangeEnd, keyBytes: Buffer.from(key), rangeEndBytes: Buffer.from(rangeEnd) }
}

test.each([
  ['the key itself', held('read', '/a', ''), { type: 'read', key: '/a', isPrefix: false }, true],
  ['a key for a prefix', held('read', '/a', ''), { type: 'read', key: '/a', isPrefix: true }, false],
  ['the prefix itself', held('readwrite', '/a/', '/a0'), { type: 'write', key: '/a/', isPrefix: true }, true],
  ['a key below', held('read', '/a/', '/a0'), { type: 'read', key: '/a/b', isPrefix: false }, true],
  ['the end of a range', held('read', '/a', '/b'), { type: 'read', key: '/b', isPrefix: false }, false],
  ['a prefix beyond', held('read', '/a/', '/a/c'), { type: 'read', key: '/a/', isPrefix: true }, false],
  ['no end', held('read', '/', '\0'), { type: 'read', key: '/z/', isPrefix: true }, true],
  ['reading for writing', held('read', '/a', ''), { type: 'write', key: '/a', isPrefix: false }, false],
] as const)('%s', (_, permission, need, isCovered) => {
  expect(coverOf(need, [permission]) !== undefined).toBe(isCovered)
})
