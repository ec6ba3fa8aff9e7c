import type { DefaultTheme } from 'vitepress'

/** Search in the browser, without a service. Chinese has no spaces: its characters are indexed one by one. */
export const localSearch: DefaultTheme.Config['search'] = {
  provider: 'local',
  options: {
    miniSearch: {
      options: {
        tokenize: (text) => text.match(/\p{Script=Han}|[\p{L}\p{N}_$@]+/gu) ?? [],
      },
    },
    locales: {
      zh: {
        translations: {
          button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
          modal: {
            displayDetails: '显示详细列表',
            resetButtonTitle: '清除查询',
            backButtonTitle: '关闭搜索',
            noResultsText: '没有结果：',
            footer: { selectText: '选择', navigateText: '移动', closeText: '关闭' },
          },
        },
      },
    },
  },
}

/**
 * VitePress parts the index by where pages lie in the repository, which puts translations into the root's. One index for
 * both languages is right here in any case: a Chinese reader searches the API and the decisions too, which are in English.
 */
export const oneSearchIndex = {
  name: 'one-search-index',
  transform(code: string, id: string) {
    if (id !== '/@localSearchIndex') return null
    return code.replace('export default {', "export default {zh: () => import('@localSearchIndexroot'),")
  },
}
