import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { errorCodes, messageOf, WaypostError } from './errors.ts'

describe('WaypostError', () => {
  it('carries its code, cause, endpoint and frozen details', () => {
    const cause = new Error('underneath')
    const error = new WaypostError('compacted', 'Revision 3 is gone.', {
      cause,
      endpoint: 'http://a',
      details: { compactRevision: 7n },
    })
    expect(error).toMatchObject({
      name: 'WaypostError',
      code: 'compacted',
      retryable: false,
      endpoint: 'http://a',
      cause,
    })
    expect(error.details).toEqual({ compactRevision: 7n })
    expect(Object.isFrozen(error.details)).toBe(true)
  })

  it('takes retryable from its code unless it is told otherwise', () => {
    expect(new WaypostError('unavailable', 'x').retryable).toBe(true)
    expect(new WaypostError('unavailable', 'x', { retryable: false }).retryable).toBe(false)
  })

  it('shows its code in logs, and not in its message', () => {
    const error = new WaypostError('not-found', 'No such lease.')
    expect(error.message).toBe('No such lease.')
    expect(String(error)).toBe('WaypostError: [not-found] No such lease.')
    for (const text of [error.stack, inspect(error), inspect({ error })]) {
      expect(text).toContain('WaypostError: [not-found] No such lease.\n')
    }
    const here = (): void => error.recapture(here)
    here()
    expect(error.stack).toMatch(/^WaypostError: \[not-found\] No such lease\.\n {4}at /)
    expect(error.message).toBe('No such lease.')
    expect(Object.keys(error)).not.toContain('message')
  })

  it('recognises itself by code and does not take others for it', () => {
    expect(WaypostError.is(new WaypostError('closed', 'x'), 'closed')).toBe(true)
    expect(WaypostError.is(new WaypostError('closed', 'x'), 'aborted')).toBe(false)
    expect(WaypostError.is(Object.assign(new Error('x'), { code: 'closed' }))).toBe(false)
  })
})

describe('messageOf', () => {
  it('reads anything that can be thrown', () => {
    expect([messageOf(new Error('a')), messageOf('b'), messageOf(undefined)]).toEqual(['a', 'b', 'undefined'])
  })
})

describe('docs/reference/errors.md', () => {
  const text = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| `([a-z-]+)` \| (yes|no) \| (.+?) \| (.+?) \|$/gm)]

  it('documents every code, and no other, with its meaning and cure', () => {
    const expected = Object.entries(errorCodes).map(([code, { retryable, meaning, cure }]) => [
      code,
      retryable ? 'yes' : 'no',
      meaning,
      cure,
    ])
    expect(documented.map(([, ...cells]) => cells)).toEqual(expected)
  })
})
