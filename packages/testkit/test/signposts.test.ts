import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { nodeVersions } from '../../../scripts/node-lines.js'
import { alone, longest } from '../../../vitest.config.ts'
import { documentExtensions } from '../../config/src/documents/formats.ts'
import { algorithmNames } from '../../registry/src/balance/algorithms.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the pages for those who extend it', () => {
  it('name files that are there', () => {
    const page = read('docs/contributing/adding.md')
    const paths = [...page.matchAll(/`((?:packages|docs)\/[^`<>]+)`/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThanOrEqual(10)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('describe every algorithm and every format', () => {
    const balancing = read('docs/reference/balancing.md')
    expect(algorithmNames.filter((name) => !balancing.includes(`\`${name}\``))).toEqual([])
    const config = read('docs/reference/config.md')
    expect(documentExtensions.filter((extension) => !config.includes(`.${extension}`))).toEqual([])
  })

  it('list each term of the glossary once, in order', () => {
    const rows = [...read('docs/contributing/glossary.md').matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].slice(1)
    const terms = rows.map(([, term = '']) => term)
    expect(terms.length).toBeGreaterThanOrEqual(40)
    expect(terms).toEqual([...new Set(terms)].sort())
  })
})

describe('the decisions', () => {
  const files = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d/.test(name))

  it('have one number, one title and a status each', () => {
    expect(new Set(files.map((name) => name.slice(0, 4))).size).toBe(files.length)
    for (const name of files) {
      const [title, blank, status] = read(`docs/decisions/${name}`).split('\n')
      expect([name, title]).toEqual([name, expect.stringMatching(new RegExp(`^# ${name.slice(0, 4)} \\S`))])
      expect([name, blank, status]).toEqual([name, '', expect.stringMatching(/^Status: \w/)])
    }
  })

  it('have one scheme of sections', () => {
    const known = ['Context', 'Options', 'Decision', 'Figures', 'Consequences']
    for (const name of files) {
      const sections = [...read(`docs/decisions/${name}`).matchAll(/^## (.+)$/gm)].map(([, section]) => section)
      expect([name, ...sections.filter((section) => !known.includes(section ?? ''))]).toEqual([name])
      expect([name, ...sections]).toEqual(expect.arrayContaining(['Context', 'Decision']))
    }
  })

  it('are all in the index, with their titles', () => {
    const index = read('docs/decisions/README.md')
    const expected = files.map((name) => {
      const title = read(`docs/decisions/${name}`).split('\n')[0]?.slice(7)
      return `| [${name.slice(0, 4)}](${name}) | ${title} |`
    })
    expect(index.split('\n').filter((line) => line.startsWith('| ['))).toEqual(expected)
  })
})

it('the tests that are started first exist, and those with a process of their own', () => {
  const files = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
      .map((name) => `${folder}/${name}`),
  )
  expect(longest.filter((path) => !files.some((file) => file.startsWith(path)))).toEqual([])
  expect(alone.filter((path) => !files.some((file) => file.startsWith(path)))).toEqual([])
})

it('every manifest says where the package comes from', () => {
  const { repository, bugs } = JSON.parse(read('package.json'))
  for (const name of readdirSync(join(root, 'packages'))) {
    if (!existsSync(join(root, 'packages', name, 'package.json'))) continue
    const manifest = JSON.parse(read(`packages/${name}/package.json`))
    expect(manifest, name).toMatchObject({
      repository: { ...repository, directory: `packages/${name}` },
      bugs,
      homepage: expect.stringMatching(/^https:/),
      keywords: expect.arrayContaining(['waypost']),
    })
  }
})

it('the README names the lines of Node that are tested', () => {
  for (const file of ['README.md', 'README.zh-CN.md']) {
    const text = read(file)
    expect(
      ['20', ...nodeVersions.map((version: string) => version.split('.')[0])].filter(
        (line) => !text.includes(line ?? ''),
      ),
    ).toEqual([])
  }
})
