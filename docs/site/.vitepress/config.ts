import { defineConfig } from 'vitepress'
import { headingSlug } from '../heading-slug.ts'
import { plainBraces, repositoryLinks } from './markdown.ts'
import { siteAddress } from './pages.ts'
import { localSearch, oneSearchIndex } from './search.ts'
import { sidebar } from './sidebar.ts'

/** The pages lie outside this package, where Vite does not look for Vue when it renders them. */
const vueOfThisPackage = {
  name: 'vue-of-this-package',
  enforce: 'pre' as const,
  resolveId(id: string, _importer: string | undefined, { ssr }: { readonly ssr?: boolean }) {
    return ssr && /^vue(\/server-renderer)?$/.test(id) ? { id, external: true } : null
  },
}

/** A signpost. */
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#3451b2" d="M7 1h2v14H7zM2 3h9l3 2-3 2H2zM14 8H6L3 9.5 6 11h8z"/></svg>',
)}`

const english = {
  label: 'English',
  lang: 'en',
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/guides/getting-started', activeMatch: '^/guides/' },
      { text: 'Reference', link: '/reference/cli', activeMatch: '^/reference/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: sidebar('en'),
    outline: { level: [2, 3] as [number, number] },
  },
}

const chinese = {
  label: '简体中文',
  lang: 'zh-CN',
  title: 'Waypost',
  description: '基于 etcd v3 API 的微服务配置中心与服务注册中心',
  themeConfig: {
    nav: [
      { text: '指南', link: '/zh/guides/getting-started', activeMatch: '^/zh/guides/' },
      { text: '参考', link: '/zh/reference/cli', activeMatch: '^/zh/reference/' },
      { text: 'API（英文）', link: '/api/' },
    ],
    sidebar: sidebar('zh'),
    outline: { level: [2, 3] as [number, number], label: '本页内容' },
    docFooter: { prev: '上一页', next: '下一页' },
    darkModeSwitchLabel: '主题',
    lightModeSwitchTitle: '切换到浅色模式',
    darkModeSwitchTitle: '切换到深色模式',
    sidebarMenuLabel: '目录',
    returnToTopLabel: '回到顶部',
    langMenuLabel: '切换语言',
    skipToContentLabel: '跳到正文',
  },
}

export default defineConfig({
  title: 'Waypost',
  description: 'Configuration centre and service registry for microservices, on the etcd v3 API',
  // Browsers ask for an icon that is not named at an address that a site below a folder does not have.
  head: [['link', { rel: 'icon', href: icon }]],
  srcDir: '..',
  srcExclude: ['site/**'],
  rewrites: siteAddress,
  markdown: {
    anchor: { slugify: headingSlug },
    config: (markdown) => {
      repositoryLinks(markdown)
      plainBraces(markdown)
    },
  },
  locales: { root: english, zh: chinese },
  // The API and the decisions have no translation to switch to: the switch leads to the other language's first page.
  themeConfig: { search: localSearch, i18nRouting: false },
  vite: {
    plugins: [vueOfThisPackage, oneSearchIndex],
    build: {
      // The search index of the API reference is one chunk, loaded only when somebody searches.
      chunkSizeWarningLimit: 4096,
    },
  },
})
