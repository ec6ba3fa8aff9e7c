import { dirname, relative, resolve } from 'node:path'
import type { MarkdownOptions } from 'vitepress'
import { docs, siteAddress } from './pages.ts'

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0]

/** The pages link to files as they lie in the repository: here these links get the addresses that the site has. */
export function repositoryLinks(markdown: Markdown): void {
  markdown.core.ruler.push('repository-links', ({ env, tokens }) => {
    const folder = dirname(env.realPath ?? env.path)
    for (const { children } of tokens) {
      for (const [index, token] of (children ?? []).entries()) {
        const target = token.attrGet('href')
        if (token.type !== 'link_open' || !target || /^([a-z]+:|#|\/)/.test(target)) continue
        const [file = '', anchor] = target.split('#')
        const path = relative(docs, resolve(folder, file)).replaceAll('\\', '/')
        if (path.startsWith('..')) unlink(children ?? [], index)
        else token.attrSet('href', `/${siteAddress(path)}${anchor === undefined ? '' : `#${anchor}`}`)
      }
    }
  })
}

/** The pages are Markdown, not templates of Vue: double braces in their text mean themselves. */
export function plainBraces(markdown: Markdown): void {
  const { rules } = markdown.renderer
  for (const kind of ['text', 'code_inline'] as const) {
    const render = rules[kind]
    if (render) rules[kind] = (...args) => render(...args).replaceAll('{{', '&#123;&#123;')
  }
}

/** A file outside `docs`, such as an example, is no page: its name stays, without a link. */
function unlink(tokens: { type: string; nesting: number; content: string }[], open: number): void {
  const close = tokens.findIndex(({ type }, index) => index > open && type === 'link_close')
  for (const token of [tokens[open], tokens[close]]) {
    if (token) Object.assign(token, { type: 'text', nesting: 0, content: '' })
  }
}
