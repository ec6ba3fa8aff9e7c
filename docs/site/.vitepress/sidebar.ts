import type { DefaultTheme } from 'vitepress'
import { pagesIn, siteAddress, titleOf } from './pages.ts'

/** The order in which a newcomer reads the guides; a guide that is not named here comes after them. */
const guides = [
  'getting-started',
  'registry',
  'configuration',
  'coordination',
  'nestjs',
  'from-etcd3',
  'from-nacos-consul-eureka-apollo',
  'operating',
  'moving',
  'production',
  'strict-mode',
  'troubleshooting',
  'how-it-works',
]

/** Every page that is there, under its own title. */
export function sidebar(language: 'en' | 'zh'): DefaultTheme.SidebarItem[] {
  const all = pagesIn('guides').sort((a, b) => place(a) - place(b) || a.localeCompare(b))
  const translated = all.filter((path) => path.endsWith('.zh-CN.md'))
  const english = all.filter((path) => !translated.includes(path))
  const referencePages = pagesIn('reference').sort()
  const isChinese = (path: string): boolean => path.endsWith('.zh-CN.md')
  const others = [
    { text: 'API' as const, collapsed: true, items: items(apiPages()) },
    { text: 'Design' as const, collapsed: true, items: items(['architecture.md', ...pagesIn('decisions').sort()]) },
  ]
  if (language === 'en') {
    const reference = referencePages.filter((path) => !isChinese(path))
    return [
      { text: 'Guides', items: items(english) },
      { text: 'Reference', collapsed: true, items: items(reference) },
      ...others,
    ]
  }
  return [
    { text: '指南', items: items(translated) },
    { text: '参考', collapsed: true, items: items(referencePages.filter(isChinese)) },
    ...others.map((group) => ({ ...group, text: `${inChinese[group.text]}（英文）` })),
  ]
}

const inChinese = { API: 'API', Design: '设计' }

function place(path: string): number {
  const index = guides.findIndex((name) => path.startsWith(`guides/${name}.`))
  return index === -1 ? guides.length : index
}

function items(paths: readonly string[]): DefaultTheme.SidebarItem[] {
  return paths.map((path) => ({ text: titleOf(path), link: `/${siteAddress(path).replace(/\.md$/, '')}` }))
}

function apiPages(): string[] {
  return pagesIn('api')
    .filter((path) => path !== 'api/index.md')
    .sort()
}
