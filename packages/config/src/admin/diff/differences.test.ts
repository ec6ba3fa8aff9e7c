import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setOwn } from '../../config-value.ts'
import { differencesOf } from '../../live/differences.ts'
import { checksumOf, restoreContent, storeContent } from '../../records/content.ts'
import { Redactor } from '../../secrets/redactor.ts'
import { mergeTexts } from '../publish/merge-texts.ts'
import { diffDocuments } from './document-diff.ts'

const line = fc.tuple(fc.constantFrom('a', 'b', 'c: 1', 'd', '', ' e', '配置'), fc.constantFrom('\n', '\r\n', '\n'))
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', 'end', 'x\ry'))
  .map(([lines, end]) => lines.map((parts) => parts.join('')).join('') + end)

const labels = { yours: 'yours', theirs: 'theirs' }

describe('a diff of texts', () => {
  it('makes one of the other, with every kind of line end', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        const sides = [a, b].map((side) => ({ label: 'release', bytes: Buffer.from(side) }))
        const { patch } = await diffDocuments('x.txt', sides[0] ?? fail(), sides[1] ?? fail())
        if (a === b) expect(patch).toBe('')
        else expect(applied(a, patch ?? '')).toBe(b)
      }),
    )
  })

  it('is not made of bytes that are no text', async () => {
    const bytes = Uint8Array.of(0xff)
    expect(await diffDocuments('x', { label: 'a', bytes: undefined }, { label: 'b', bytes })).toEqual({})
  })
})

/** Applies a unified diff as its format says: lines that stay or go must be there, and stand where the diff says. */
function applied(text: string, patch: string): string {
  const lines = text.split(/(?<=\n)/)
  const result: string[] = []
  let at = 0
  let previous = ''
  for (const line of patch.split(/(?<=\n)/).slice(2)) {
    const [, start, count] = /^@@ -(\d+)(?:,(\d+))? \+/.exec(line) ?? []
    const content = line.slice(1)
    if (start !== undefined) {
      const first = Number(start) - (count === '0' ? 0 : 1)
      result.push(...lines.slice(at, first))
      at = first
    } else if (line.startsWith('\\')) {
      // Of the line before: it has no line end.
      if (previous !== '-') result.push(result.pop()?.slice(0, -1) ?? '')
    } else if (line.startsWith('+')) result.push(content)
    else {
      expect([content, content.slice(0, -1)]).toContain(lines[at])
      if (line.startsWith(' ')) result.push(content)
      at++
    }
    previous = line.charAt(0)
  }
  return [...result, ...lines.slice(at)].join('')
}

describe('a diff of values', () => {
  it('makes one of the other', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, 1, 'x', [], [1]),
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('value'), { noNullPrototype: true }),
      ),
    }))
    const root = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { noNullPrototype: true })
    const nothing = new Redactor(new Set(), [])
    fc.assert(
      fc.property(root, root, (a, b) => {
        const changed = structuredClone(a)
        for (const { keyPath, to } of differencesOf(a, b, nothing, nothing)) {
          const place = keyPath.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key), changed)
          const key = keyPath.at(-1) ?? ''
          if (to === undefined) Reflect.deleteProperty(place, key)
          else setOwn(place, key, structuredClone(to))
        }
        expect(changed).toEqual(b)
      }),
    )
  })
})

describe('a merge of texts', () => {
  it('takes the one change that was made', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (base, changed) => {
        expect(await mergeTexts(base, changed, base, labels)).toEqual({ text: changed, clean: true })
        expect(await mergeTexts(base, base, changed, labels)).toEqual({ text: changed, clean: true })
        expect(await mergeTexts(base, changed, changed, labels)).toEqual({ text: changed, clean: true })
      }),
    )
  })

  it('takes both when lines lie between them', async () => {
    const between = fc
      .array(fc.constantFrom('k\n', 'l\n'), { minLength: 1, maxLength: 5 })
      .map((lines) => lines.join(''))
    const own = (mark: string): fc.Arbitrary<string> => fc.nat(3).map((n) => `${mark}\n`.repeat(n))
    await fc.assert(
      fc.asyncProperty(between, own('yours'), own('theirs'), async (base, top, bottom) => {
        expect(await mergeTexts(base, top + base, base + bottom, labels)).toEqual({
          text: top + base + bottom,
          clean: true,
        })
      }),
    )
  })

  it('shows both where they changed the same', async () => {
    expect(await mergeTexts('a\r\nb\r\n', 'a\r\nx\r\n', 'a\r\ny', labels)).toEqual({
      clean: false,
      text: 'a\r\n<<<<<<< yours\r\nx\r\n=======\r\ny\r\n>>>>>>> theirs\r\n',
    })
  })
})

it('stored content comes back byte for byte', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 6_000 }),
    text.map((plain) => Buffer.from(plain)),
    fc.nat(20_000).map((n) => Buffer.from('配置 = 1\r\n'.repeat(n / 10))),
  )
  fc.assert(
    fc.property(bytes, (original) => {
      const stored: unknown = JSON.parse(JSON.stringify(storeContent(original)))
      expect(stored).toEqual(storeContent(original))
      expect(checksumOf(restoreContent(storeContent(original)))).toBe(checksumOf(original))
    }),
  )
})

function fail(): never {
  throw new Error('A side is missing.')
}
