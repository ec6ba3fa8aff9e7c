import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { headingSlugs } from '../../../../docs/site/heading-slug.ts'

export const root = fileURLToPath(new URL('../../../..', import.meta.url))

export interface CodeBlock {
  readonly page: string
  /** Of the first line of its code, from 1. */
  readonly line: number
  readonly language: string
  /** The words behind the language: `run`, `background`, `output`, `file=user.mjs`. */
  readonly flags: readonly string[]
  readonly code: string
}

export interface Link {
  readonly line: number
  readonly target: string
}

/** One Markdown file, without what only looks like Markdown inside its code blocks. */
export interface Page {
  /** From the root, with slashes. */
  readonly path: string
  readonly blocks: readonly CodeBlock[]
  readonly links: readonly Link[]
  readonly anchors: ReadonlySet<string>
}

const fence = /^(\s*)(`{3,}|~{3,})(.*)$/

export function readPage(path: string): Page {
  const blocks: CodeBlock[] = []
  const links: Link[] = []
  const headings: string[] = []
  let open: { end: string; indent: number; line: number; info: string; code: string[] } | undefined
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .forEach((text, index) => {
      const [, indent = '', marks = '', info = ''] = fence.exec(text) ?? []
      if (open) {
        if (marks !== open.end || info !== '') {
          open.code.push(text.slice(open.indent))
          return
        }
        const [language = '', ...flags] = open.info.trim().split(/\s+/)
        blocks.push({ page: path, line: open.line, language, flags, code: `${open.code.join('\n')}\n` })
        open = undefined
      } else if (marks) open = { end: marks, indent: indent.length, line: index + 2, info, code: [] }
      else {
        const heading = /^#{1,6} (.+)$/.exec(text)?.[1]
        if (heading) headings.push(heading)
        const prose = text.replaceAll(/`[^`]*`/g, '')
        for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) links.push({ line: index + 1, target })
        for (const [, target = ''] of prose.matchAll(/\bsrc="([^"]+)"/g)) links.push({ line: index + 1, target })
      }
    })
  if (open) throw new Error(`${path}:${open.line}: the code block has no end.`)
  return { path, blocks, links, anchors: new Set(headingSlugs(headings)) }
}

/** Every Markdown file that people read, in the order of its path. */
export function readPages(): Page[] {
  const folders = ['docs', 'examples', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)]
  const nested = folders.flatMap((folder) => {
    const isPackage = folder.startsWith('packages/')
    return readdirSync(join(root, folder), { recursive: !isPackage, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  })
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  const made = /node_modules|^docs\/site\/|^docs\/api\//
  return [...top, ...nested.filter((path) => !made.test(path))].toSorted().map(readPage)
}
