import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeEvent } from './describe-event.ts'
import { compareIds, type EventKind, eventKinds, isEventKind } from './event.ts'
import { kindsOf, matcherOf } from './filter.ts'

const kinds: readonly EventKind[] = Object.keys(eventKinds).filter(isEventKind)

test.each(['timeline.md', 'timeline.zh-CN.md'])('%s documents every kind of event, and no other', (page) => {
  const text = readFileSync(new URL(`../../../../docs/reference/${page}`, import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| `([a-z-]+\.[a-z-]+)` \|/gm)].map(([, kind]) => kind)
  expect(documented).toEqual(kinds)
  if (page === 'timeline.md') for (const kind of kinds) expect(text).toContain(`| \`${kind}\` | ${eventKinds[kind]} |`)
})

test.each(kinds)('%s is a sentence in both languages', (kind) => {
  const event = { id: '7.0', at: '2026-01-01T00:00:00.000Z', kind, key: '/x', by: 'ann', comment: 'why' }
  expect(describeEvent(event)).toMatch(/^\S.* by ann: why$/)
  expect(describeEvent(event, 'zh')).toMatch(/^.+（ann）：why$/)
})

test('ids are ordered by revision, then by number', () => {
  const ids = ['10.0', '9.10', '9.2', '9.0', '100.0']
  expect(ids.toSorted(compareIds)).toEqual(['9.0', '9.2', '9.10', '10.0', '100.0'])
})

test('patterns choose kinds', () => {
  expect([...kindsOf(['queue.*', 'leader.gone'])].toSorted()).toEqual(['leader.gone', 'queue.paused', 'queue.resumed'])
  expect(kindsOf(['*']).size).toBe(kinds.length)
  for (const wrong of ['queue', 'queue.', '*.paused', 'toString'])
    expect(() => kindsOf([wrong])).toThrow('not a kind of event')
})

test('a line that is passed over unread could not have matched', () => {
  const event = { id: '7.0', at: '', kind: 'instance.up', key: '/x', service: 'a"b', instance: 'é' } as const
  const line = JSON.stringify(event)
  for (const filter of [{ service: 'a"b' }, { instance: 'é' }, { service: 'a"b', kinds: ['instance.*'] }, {}]) {
    const matcher = matcherOf(filter)
    expect([matcher.matches(event), matcher.mayMatch(line)]).toEqual([true, true])
  }
  expect(matcherOf({ service: 'other' }).mayMatch(line)).toBe(false)
})
