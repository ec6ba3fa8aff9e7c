import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigObject } from '../config-value.ts'
import { readDocument } from './config-document.ts'
import { readDocumentInThread } from './document-thread.ts'
import { addPiece, piecesOf } from './value-pieces.ts'

function text(values: string): Uint8Array {
  return Buffer.from(`__proto__: { a: 1 }\nlist:\n${values.repeat(3_000)}\nempty: {}\nnone: []\nlast: -0.0\n`)
}

describe('a document that is read in a thread', () => {
  it('is what it is without one', async () => {
    const bytes = text('  - { a: .inf, b: [x, ~], c: { d: true } }\n')
    const [here, there] = [readDocument('a.yaml', bytes), await readDocumentInThread({ path: 'a.yaml', bytes }, signal)]
    expect(there.document?.value).toEqual(here.document?.value)
    expect(Object.keys(there.document?.value ?? {})).toEqual(['__proto__', 'list', 'empty', 'none', 'last'])
    expect(there.document?.locator()(['list', 7, 'c'])).toEqual({ line: 10, column: 27 })
  })

  it('is refused for what is wrong, with its place', async () => {
    const bytes = text('  - {a: 1, a: 2}\n')
    const { problems } = await readDocumentInThread({ path: 'a.yaml', bytes }, signal)
    expect(problems).toEqual(readDocument('a.yaml', bytes).problems)
    expect(problems?.[0]).toMatchObject({ path: 'a.yaml', line: 3 })
  })

  it('is no longer waited for when the signal fires', async () => {
    const ending = new AbortController()
    const read = readDocumentInThread({ path: 'a.yaml', bytes: text('  - { a: 1 }\n') }, ending.signal)
    ending.abort(new Error('enough'))
    await expect(read).rejects.toThrow('enough')
  })
})

const { signal } = new AbortController()

it('puts together what was taken apart, whatever it is', () => {
  const value = fc.letrec<{ any: unknown; object: ConfigObject }>((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, fc.string(), fc.boolean(), fc.array(tie('any')), tie('object')),
    object: fc.dictionary(fc.string(), tie('any')) as fc.Arbitrary<ConfigObject>,
  })).object
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 1_200 }), (small, times) => {
      const large: ConfigObject = { list: Array.from({ length: times }, () => small), small }
      const made: ConfigObject = {}
      for (const piece of piecesOf(large)) addPiece(made, piece)
      expect(JSON.stringify(made)).toBe(JSON.stringify(large))
    }),
    { numRuns: 30 },
  )
})
