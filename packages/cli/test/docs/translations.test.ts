import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chineseOf, outOfStep, structureOf, translatedPages } from '../../../../scripts/translations.js'
import { readPage, root } from './pages.test-support.ts'

const pages = translatedPages()

test('every guide and every reference page is there in Chinese, and each leads to the other', () => {
  expect(pages.length).toBeGreaterThan(25)
  expect(pages.filter((path) => !existsSync(join(root, chineseOf(path))))).toEqual([])
  const leadsTo = (path: string, target: string): boolean => readPage(path).links.some((link) => link.target === target)
  const alone = pages.filter((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return !leadsTo(path, chineseOf(name)) || !leadsTo(chineseOf(path), name)
  })
  expect(alone).toEqual([])
})

test.each(pages)('%s and its Chinese page have the same headings, code blocks, tables and lists', (path) => {
  expect(structureOf(chineseOf(path))).toEqual(structureOf(path))
})

test('no page was changed without a look at the other', () => {
  const found = outOfStep().map(({ path, changed }) =>
    changed.length === 2
      ? `${path}: both were changed. If they say the same: node scripts/translations.js`
      : `${path}: only the ${changed[0]} page was changed. Change the other one, then: node scripts/translations.js`,
  )
  expect(found).toEqual([])
})

test('Chinese pages lead to Chinese pages where there are any', () => {
  const strays = pages.flatMap((path) => {
    const chinese = readPage(chineseOf(path))
    return chinese.links
      .map(({ line, target }) => ({ line, target, file: target.split('#')[0] ?? '' }))
      .filter(({ file }) => file.endsWith('.md') && !file.endsWith('.zh-CN.md'))
      .filter(({ file }) => {
        const there = join(root, path, '..', file)
        return existsSync(chineseOf(there)) && !path.endsWith(`/${file}`)
      })
      .map(({ line, target }) => `${chinese.path}:${line}: ${target}`)
  })
  expect(strays).toEqual([])
})
