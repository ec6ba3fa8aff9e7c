import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { errorCodes } from '@waypost/core'
import { expect, test } from 'vitest'
import { type Page, readPage, readPages, root } from './pages.test-support.ts'

const pages = readPages()

test('there are pages in every folder', () => {
  const folders = new Set(pages.map(({ path }) => posix.dirname(path)))
  expect([...folders]).toEqual(expect.arrayContaining(['.', 'docs', 'docs/guides', 'docs/reference', 'docs/decisions']))
})

test('every link leads to a file, and every anchor to a heading', () => {
  const broken = pages.flatMap((page) =>
    page.links
      .filter(({ target }) => !leadsSomewhere(page, target))
      .map(({ line, target }) => `${page.path}:${line}: ${target}`),
  )
  expect(broken).toEqual([])
})

test('a guide in Chinese stands beside its English one, and says the same things in code', () => {
  const translations = pages.filter(({ path }) => path.endsWith('.zh-CN.md'))
  expect(translations.length).toBeGreaterThan(4)
  for (const translation of translations) {
    const original = readPage(translation.path.replace('.zh-CN.md', '.md'))
    expect(codeOf(translation), translation.path).toEqual(codeOf(original))
  }
})

test('troubleshooting has a section for every error code', () => {
  const { anchors } = readPage('docs/guides/troubleshooting.md')
  expect(Object.keys(errorCodes).filter((code) => !anchors.has(code))).toEqual([])
})

function leadsSomewhere(page: Page, target: string): boolean {
  if (/^(https:|mailto:)/.test(target)) return true
  if (/^[a-z]+:/.test(target)) return false
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? page.path : posix.join(posix.dirname(page.path), decodeURI(file))
  if (path.startsWith('..') || !existsSync(join(root, path))) return false
  if (anchor === undefined) return true
  if (!path.endsWith('.md') || statSync(join(root, path)).isDirectory()) return false
  return (pages.find((other) => other.path === path) ?? readPage(path)).anchors.has(decodeURIComponent(anchor))
}

/** Comments may be translated, and so may what a block says for people. */
function codeOf({ blocks }: Page): string[] {
  return blocks.map(({ language, flags, code }) => {
    const withoutComments = code.replaceAll(/^\s*(\/\/|#).*\n/gm, '').replaceAll(/\s+(\/\/|# ) .*$|\s+# .*$/gm, '')
    return `${[language, ...flags].join(' ')}\n${withoutComments}`
  })
}
