import type { EventKind, Facts, TimelineEvent } from './event.ts'

export type EventLanguage = 'en' | 'zh'

/** An event as one line for people: "user/web-1 is down: its lease expired". */
export function describeEvent(event: TimelineEvent, language: EventLanguage = 'en'): string {
  const sentence = sentences[language][event.kind](namesOf(event))
  const by = event.by === undefined ? '' : language === 'zh' ? `（${event.by}）` : ` by ${event.by}`
  const comment =
    event.comment === undefined || event.comment === ''
      ? ''
      : language === 'zh'
        ? `：${event.comment}`
        : `: ${event.comment}`
  return sentence + by + comment
}

/** What sentences are made of. */
interface Names {
  /** `user/web-1`. */
  readonly instance: string
  readonly path: string
  readonly name: string
  readonly reason: string
  readonly was: Facts
  readonly now: Facts
  readonly from: string
  readonly to: string
}

function namesOf({
  service,
  instance,
  path,
  name,
  key,
  reason,
  was,
  now,
  fromRevision,
  toRevision,
}: TimelineEvent): Names {
  return {
    instance: service === undefined ? key : `${service}/${instance}`,
    path: path === undefined || path === '' ? '*' : path,
    name: name ?? key,
    reason: reason ?? 'unknown',
    was: was ?? {},
    now: now ?? {},
    from: fromRevision ?? '?',
    to: toRevision ?? '?',
  }
}

type Sentences = Readonly<Record<EventKind, (names: Names) => string>>

const whyDown: Readonly<Record<string, string>> = {
  left: 'it left',
  expired: 'its lease expired',
  evicted: 'its record was deleted',
  unreadable: 'its record cannot be read',
  unknown: 'nobody saw why',
}

const whyDownZh: Readonly<Record<string, string>> = {
  left: '主动下线',
  expired: '租约过期',
  evicted: '记录被删除',
  unreadable: '记录无法解析',
  unknown: '原因未知',
}

function saidOf({ weight, status }: Facts): string {
  const parts = [
    status === undefined ? undefined : String(status),
    weight === undefined ? undefined : `weight ${weight}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ') || 'nothing'
}

const statusesZh: Readonly<Record<string, string>> = {
  up: '在线',
  starting: '启动中',
  leaving: '下线中',
  disabled: '已禁用',
}

function saidOfZh({ weight, status }: Facts): string {
  const parts = [
    status === undefined ? undefined : (statusesZh[String(status)] ?? String(status)),
    weight === undefined ? undefined : `权重 ${weight}`,
  ]
  return parts.filter((part) => part !== undefined).join('，') || '无'
}

const english: Sentences = {
  'instance.starting': ({ instance }) => `${instance} is starting`,
  'instance.up': ({ instance }) => `${instance} is up`,
  'instance.changed': ({ instance }) => `${instance} changed its record`,
  'instance.restored': ({ instance }) => `${instance} registered again on a new lease`,
  'instance.leaving': ({ instance }) => `${instance} is leaving`,
  'instance.down': ({ instance, reason }) => `${instance} is down: ${whyDown[reason] ?? reason}`,
  'override.set': ({ instance, now }) => `${instance} was set to ${saidOf(now)}`,
  'override.cleared': ({ instance }) => `${instance} uses its own record again`,
  'release.published': ({ path, now }) => `${path} was released as ${now.release}`,
  'release.rolled-back': ({ path, now }) => `${path} was rolled back, as release ${now.release}`,
  'release.deleted': ({ path, now }) => `${path} was deleted by release ${now.release}`,
  'release.imported': ({ path, now }) => `${path} was imported as release ${now.release}`,
  'release.external': ({ path, now }) => `a change of ${path} by hand was recorded as release ${now.release}`,
  'release.promoted': ({ path, now }) => `the canary of ${path} was promoted to release ${now.release}`,
  'document.written': ({ path }) => `${path} was written by hand`,
  'document.removed': ({ path }) => `${path} was deleted by hand`,
  'canary.started': ({ path, name }) => `canary ${name} of ${path} started`,
  'canary.changed': ({ path, name }) => `canary ${name} of ${path} changed`,
  'canary.ended': ({ path, name, reason }) => `canary ${name} of ${path} ended: ${reason}`,
  'draft.saved': ({ path }) => `a draft of ${path} was saved`,
  'draft.submitted': ({ path }) => `a draft of ${path} waits for approval`,
  'draft.approved': ({ path }) => `a draft of ${path} was approved`,
  'draft.rejected': ({ path }) => `a draft of ${path} was rejected`,
  'draft.removed': ({ path, reason }) => `the draft of ${path} was ${reason === 'unknown' ? 'removed' : reason}`,
  'policy.set': ({ path, now }) => `releases below ${path} need ${now.approvals ?? '?'} approvals`,
  'policy.removed': ({ path }) => `the policy for ${path} was removed`,
  'schema.set': ({ path }) => `the schema for ${path} was stored`,
  'schema.removed': ({ path }) => `the schema for ${path} was removed`,
  'config.rejected': ({ path, now }) => `${processOf(now)} rejects ${path}`,
  'config.recovered': ({ path, was, reason }) =>
    reason === 'gone'
      ? `${processOf(was)}, which rejected ${path}, is gone`
      : `${processOf(was)} no longer rejects ${path}`,
  'candidate.joined': ({ name, now }) => `${now.value} is a candidate for ${name}`,
  'candidate.changed': ({ name, now }) => `a candidate of ${name} calls itself ${now.value}`,
  'candidate.left': ({ name, was, reason }) => `${was.value} is no longer a candidate for ${name}: ${reason}`,
  'leader.elected': ({ name, now }) => `${now.value} leads ${name}`,
  'leader.changed': ({ name, now }) => `the leader of ${name} calls itself ${now.value}`,
  'leader.gone': ({ name, was }) => `nobody leads ${name} after ${was.value}`,
  'schedule.set': ({ name }) => `schedule ${name} was set`,
  'schedule.paused': ({ name }) => `schedule ${name} was paused`,
  'schedule.resumed': ({ name }) => `schedule ${name} was resumed`,
  'schedule.removed': ({ name }) => `schedule ${name} was removed`,
  'queue.paused': ({ name }) => `queue ${name} was paused`,
  'queue.resumed': ({ name }) => `queue ${name} was resumed`,
  'timeline.began': () => 'the timeline begins',
  'timeline.gap': ({ from, to }) => `what happened between revisions ${from} and ${to} is not known`,
  'timeline.unknown': ({ name }) => `${name} changed in a way that this version does not know`,
}

const chinese: Sentences = {
  'instance.starting': ({ instance }) => `${instance} 正在启动`,
  'instance.up': ({ instance }) => `${instance} 已上线`,
  'instance.changed': ({ instance }) => `${instance} 的记录有变更`,
  'instance.restored': ({ instance }) => `${instance} 以新租约重新注册`,
  'instance.leaving': ({ instance }) => `${instance} 正在下线`,
  'instance.down': ({ instance, reason }) => `${instance} 已下线：${whyDownZh[reason] ?? reason}`,
  'override.set': ({ instance, now }) => `${instance} 被设置为：${saidOfZh(now)}`,
  'override.cleared': ({ instance }) => `${instance} 的运维覆盖已撤销`,
  'release.published': ({ path, now }) => `${path} 已发布，版本 ${now.release}`,
  'release.rolled-back': ({ path, now }) => `${path} 已回滚，版本 ${now.release}`,
  'release.deleted': ({ path, now }) => `${path} 已删除，版本 ${now.release}`,
  'release.imported': ({ path, now }) => `${path} 已导入，版本 ${now.release}`,
  'release.external': ({ path, now }) => `${path} 的手工修改已记录为版本 ${now.release}`,
  'release.promoted': ({ path, now }) => `${path} 的灰度已全量发布，版本 ${now.release}`,
  'document.written': ({ path }) => `${path} 被手工修改`,
  'document.removed': ({ path }) => `${path} 被手工删除`,
  'canary.started': ({ path, name }) => `${path} 开始灰度 ${name}`,
  'canary.changed': ({ path, name }) => `${path} 的灰度 ${name} 有变更`,
  'canary.ended': ({ path, name, reason }) =>
    `${path} 的灰度 ${name} 已结束：${reason === 'promoted' ? '全量发布' : reason === 'aborted' ? '已撤销' : '原因未知'}`,
  'draft.saved': ({ path }) => `${path} 的草稿已保存`,
  'draft.submitted': ({ path }) => `${path} 的草稿等待审批`,
  'draft.approved': ({ path }) => `${path} 的草稿已获批准`,
  'draft.rejected': ({ path }) => `${path} 的草稿被驳回`,
  'draft.removed': ({ path, reason }) =>
    `${path} 的草稿${reason === 'published' ? '已发布' : reason === 'discarded' ? '已丢弃' : '已删除'}`,
  'policy.set': ({ path, now }) => `${path} 的发布需要 ${now.approvals ?? '?'} 人审批`,
  'policy.removed': ({ path }) => `${path} 的发布策略已删除`,
  'schema.set': ({ path }) => `${path} 的 schema 已保存`,
  'schema.removed': ({ path }) => `${path} 的 schema 已删除`,
  'config.rejected': ({ path, now }) => `${processOf(now)} 拒绝了 ${path}`,
  'config.recovered': ({ path, was, reason }) =>
    reason === 'gone' ? `拒绝 ${path} 的 ${processOf(was)} 已退出` : `${processOf(was)} 不再拒绝 ${path}`,
  'candidate.joined': ({ name, now }) => `${now.value} 参加 ${name} 的选举`,
  'candidate.changed': ({ name, now }) => `${name} 的候选者改称 ${now.value}`,
  'candidate.left': ({ name, was }) => `${was.value} 退出 ${name} 的选举`,
  'leader.elected': ({ name, now }) => `${now.value} 当选 ${name} 的领导者`,
  'leader.changed': ({ name, now }) => `${name} 的领导者改称 ${now.value}`,
  'leader.gone': ({ name, was }) => `${name} 的领导者 ${was.value} 已离开，暂无领导者`,
  'schedule.set': ({ name }) => `定时任务 ${name} 已设置`,
  'schedule.paused': ({ name }) => `定时任务 ${name} 已暂停`,
  'schedule.resumed': ({ name }) => `定时任务 ${name} 已恢复`,
  'schedule.removed': ({ name }) => `定时任务 ${name} 已删除`,
  'queue.paused': ({ name }) => `队列 ${name} 已暂停`,
  'queue.resumed': ({ name }) => `队列 ${name} 已恢复`,
  'timeline.began': () => '时间线开始记录',
  'timeline.gap': ({ from, to }) => `修订版本 ${from} 至 ${to} 之间的历史已丢失`,
  'timeline.unknown': ({ name }) => `${name} 有本版本无法识别的变更`,
}

const sentences: Readonly<Record<EventLanguage, Sentences>> = { en: english, zh: chinese }

function processOf({ app, instance }: Facts): string {
  return [app, instance].filter((part) => part !== undefined).join('/') || '?'
}
