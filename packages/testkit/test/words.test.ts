import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

function filesBelow(folder: string, wanted: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => wanted.test(name) && !/node_modules|\/dist\//.test(name))
}

const pages = [
  ...filesBelow('docs', /(?<!zh-CN)\.md$/),
  ...filesBelow('packages', /^packages\/\w+\/README\.md$/),
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
]
const sources = [...filesBelow('packages', /\/src\/.*(?<!\.test)\.ts$/), ...filesBelow('apps', /\/src\/.*\.tsx?$/)]

/** The table of the glossary. */
const [, table = ''] = read('docs/contributing/glossary.md').split('## Words to avoid')
const avoided = [...table.matchAll(/^\| ([a-z ,]+) \| (.+) \|$/gm)]
  .slice(1)
  .flatMap(([, words = '', better = '']) => words.split(', ').map((word) => ({ word, better })))

it('no document, comment or message has a word that the glossary says to avoid', () => {
  expect(avoided.length).toBeGreaterThanOrEqual(20)
  const pattern = new RegExp(`\\b(${avoided.map(({ word }) => word).join('|')})\\b`, 'i')
  const found: string[] = []
  for (const path of [...pages, ...sources]) {
    const text = path.endsWith('glossary.md') ? (read(path).split('## Words to avoid')[0] ?? '') : read(path)
    for (const [index, line] of text.split('\n').entries()) {
      const [, word] = pattern.exec(line) ?? []
      const better = avoided.find((each) => each.word === word?.toLowerCase())?.better
      if (better !== undefined) found.push(`${path}:${index + 1}: ${better} instead of “${word}”: ${line.trim()}`)
    }
  }
  expect(found).toEqual([])
})

it('no paragraph of a page has more than 600 characters: a list reads better', () => {
  const long: string[] = []
  for (const path of filesBelow('docs', /(?<!zh-CN)\.md$/)) {
    const paragraphs = read(path)
      .replace(/```.*?```/gs, '')
      .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )/)
    for (const paragraph of paragraphs) {
      const shown = paragraph
        .replace(/\]\([^)]*\)/g, ']')
        .replace(/^#.*$/gm, '')
        .trim()
      if (!shown.startsWith('|') && shown.length > 600) long.push(`${path}: ${shown.length}: ${shown.slice(0, 60)}…`)
    }
  }
  expect(long).toEqual([])
})
