import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Where the pages lie: the folder above this package. */
export const docs = resolve(import.meta.dirname, '../..')

/** A page's path on the site: a translation stands beside its original in the repository, but below `zh` on the site. */
export function siteAddress(path: string): string {
  return path.endsWith('.zh-CN.md') ? `zh/${path.replace('.zh-CN.md', '.md')}` : path
}

/** The pages below a folder, by their path in `docs`. */
export function pagesIn(folder: string): string[] {
  return readdirSync(join(docs, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
}

export function titleOf(path: string): string {
  return /^# (.+)$/m.exec(readFileSync(join(docs, path), 'utf8'))?.[1]?.replaceAll('`', '') ?? path
}
