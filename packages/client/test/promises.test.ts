import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../..', import.meta.url)
const page = readFileSync(new URL('docs/reference/promises.md', root), 'utf8')
const rows = [...page.matchAll(/^\| .* \| (.+) \| `(packages\/.+\.test\.ts)` \|$/gm)].map(
  ([, title = '', file = '']) => ({
    title,
    file,
  }),
)

describe('the page of promises', () => {
  it('names tests that exist', () => {
    expect(rows.length).toBeGreaterThan(30)
    const missing = rows.filter(({ title, file }) => {
      const source = readFileSync(new URL(file, root), 'utf8')
      return !source.includes(`it('${title}'`) && !source.includes(`it("${title}"`)
    })
    expect(missing).toEqual([])
  })
})
