import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DefaultTheme } from 'vitepress'

const docs = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The order in which a newcomer reads the guides; a guide that is not named here comes after them. */
const guides = [
  'getting-started',
  'registry',
  'configuration',
  'nestjs',
  'from-etcd3',
  'from-nacos-consul-eureka-apollo',
  'operating',
  'moving',
  'production',
  'troubleshooting',
  'how-it-works',
]

/** Every page that is there, under its own title. */
export function sidebar(language: 'en' | 'zh'): DefaultTheme.SidebarItem[] {
  const english = [
    { text: 'Reference', collapsed: true, items: pages('reference') },
    { text: 'API', collapsed: true, items: apiPages() },
    { text: 'Design', collapsed: true, items: [page('architecture.md'), ...pages('decisions')] },
  ]
  if (language === 'en') return [{ text: 'Guides', items: pages('guides') }, ...english]
  return [
    { text: '指南', items: pages('zh/guides') },
    ...english.map((group) => ({ ...group, text: `${group.text}（英文）` })),
  ]
}

function pages(folder: string): DefaultTheme.SidebarItem[] {
  if (!existsSync(join(docs, folder))) return []
  const names = readdirSync(join(docs, folder)).filter((name) => name.endsWith('.md'))
  return names.sort((a, b) => place(a) - place(b) || a.localeCompare(b)).map((name) => page(`${folder}/${name}`))
}

function place(name: string): number {
  const index = guides.indexOf(name.replace('.md', ''))
  return index === -1 ? guides.length : index
}

function page(path: string): DefaultTheme.SidebarItem {
  const title = /^# (.+)$/m.exec(readFileSync(join(docs, path), 'utf8'))?.[1] ?? path
  return { text: title.replaceAll('`', ''), link: `/${path.replace('.md', '')}` }
}

function apiPages(): DefaultTheme.SidebarItem[] {
  const folder = join(docs, 'api')
  if (!existsSync(folder)) return []
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  return paths
    .filter((path) => path.endsWith('.md') && path !== 'index.md')
    .sort()
    .map((path) => page(`api/${path}`))
}
