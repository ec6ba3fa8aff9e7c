import { catalogue } from '../i18n/catalogue.ts'

/** What events are about, by the first part of their kind. */
export const eventMessages = catalogue({
  en: {
    instance: 'Instance',
    override: 'Override',
    release: 'Release',
    document: 'Document',
    canary: 'Canary',
    draft: 'Draft',
    policy: 'Policy',
    schema: 'Schema',
    config: 'Process',
    candidate: 'Election',
    leader: 'Leader',
    schedule: 'Schedule',
    queue: 'Queue',
    timeline: 'Timeline',
  },
  'zh-CN': {
    instance: '实例',
    override: '运维覆盖',
    release: '发布',
    document: '文档',
    canary: '灰度',
    draft: '草稿',
    policy: '策略',
    schema: 'Schema',
    config: '进程',
    candidate: '选举',
    leader: '领导者',
    schedule: '定时任务',
    queue: '队列',
    timeline: '时间线',
  },
})
