import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonSyntaxError, parseJson } from './json-document.ts'

function failure(text: string): { message: string; offset: number } | undefined {
  try {
    parseJson(text)
    return undefined
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return { message: error.message, offset: error.offset }
  }
}

describe('parseJson', () => {
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent)
        fc.pre(!failure(text)?.message.includes('put it in quotes'))
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses what JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.5',
      'e',
      'null',
      ' ',
      '\\',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        const ours = failure(text)
        if (ours === undefined) expect(valid).toBe(true)
        else if (valid) expect(ours.message).toContain('occurs twice')
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['', 0, 'the end of the document'],
    ['{', 1, 'A name in double quotes'],
    ['{"a" 1}', 5, '":" was expected here, not "1"'],
    ['{"a":1,}', 7, 'A name in double quotes was expected here, not "}"'],
    ['[1 2]', 3, '"," or "]" was expected here, not "2"'],
    ['{"a":tru}', 5, 'tru is not a JSON value'],
    ['{"a":"x', 5, 'A string is not closed'],
    ['{"a":"x\ny"}', 7, 'control character'],
    ['{} x', 3, 'Nothing more was expected'],
    ['{"a":1,"a":2}', 7, 'occurs twice'],
    ['{"a":9007199254740993}', 5, 'put it in quotes'],
  ])('says where %j goes wrong', (text, offset, message) => {
    expect(failure(text)).toEqual({ offset, message: expect.stringContaining(message) })
  })

  it('ends on absurd nesting', () => {
    expect(failure('['.repeat(100_000))?.message).toContain('deep')
  })

  it('keeps a member called __proto__', () => {
    expect(Object.keys(parseJson('{"__proto__":{"x":1}}') as object)).toEqual(['__proto__'])
  })
})
