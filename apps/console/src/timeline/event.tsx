import { Link } from '@tanstack/react-router'
import type { ResultOf } from '../api/call.ts'
import { useLanguage, useMessages } from '../i18n/language.ts'
import { Badge, type Tone } from '../ui/badge.tsx'
import { eventMessages } from './messages.ts'

export type Event = ResultOf<'timeline.list'>['events'][number]

/** What an event is about, in a word; its exact kind when it is pointed at. */
export function KindBadge({ kind }: { readonly kind: Event['kind'] }) {
  const words: Readonly<Record<string, string>> = useMessages(eventMessages)
  return (
    <span title={kind}>
      <Badge tone={toneOf(kind)}>{words[kind.split('.', 1)[0] ?? kind] ?? kind}</Badge>
    </span>
  )
}

/** The sentence of an event, with a link to what it is about. */
export function EventSentence({ event }: { readonly event: Event }) {
  const language = useLanguage()
  const sentence = language === 'zh-CN' ? event.summaryZh : event.summary
  const { path, service } = event
  if (path !== undefined && path !== '' && !path.endsWith('/')) {
    return (
      <Link to="/configuration/$path" params={{ path }} className="foreign">
        {sentence}
      </Link>
    )
  }
  if (service !== undefined) {
    return (
      <Link to="/services/$name" params={{ name: service }} className="foreign">
        {sentence}
      </Link>
    )
  }
  return <span className="foreign">{sentence}</span>
}

export function toneOf(kind: Event['kind']): Tone {
  if (/^(instance\.down|timeline\.gap|leader\.gone|.*\.rejected)$/.test(kind)) return 'bad'
  if (/^(instance\.up|config\.recovered|leader\.elected|draft\.approved)$/.test(kind)) return 'ok'
  if (/^(override|instance|queue\.paused|schedule\.paused|document)/.test(kind)) return 'warn'
  return /^(release|canary)/.test(kind) ? 'info' : 'quiet'
}
