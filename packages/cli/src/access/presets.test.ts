import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { coverOf, type HeldPermission, needText } from './held-permissions.ts'
import { actions, type Need, needsOf } from './presets.ts'

test('every preset is documented with its permissions', () => {
  const page = readFileSync(new URL('../../../../docs/reference/permissions.md', import.meta.url), 'utf8')
  for (const action of actions) {
    const subject = action === 'operate' || action === 'register' ? 'order' : 'order/'
    const needs = needsOf({ action, subject }).map((need) => `\`${needText(need)}\``)
    expect(page).toContain(`| \`${action} ${subject}\` | ${needs.join('<br>')} |`)
  }
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
