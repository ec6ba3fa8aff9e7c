import { Link } from '@tanstack/react-router'
import type { ResultOf } from '../api/call.ts'
import { useLanguage, useMessages } from '../i18n/language.ts'
import { Badge, type Tone } from '../ui/badge.tsx'
import { eventMessages } from './messages.ts'

export type Event = ResultOf<'timeline.list'>['events'][number]

/** What an event is about, in a word; its exact kind when it is pointed at. */
export function KindBadge({ event }: { readonly event: Event }) {
  const { kind } = event
  const words: Readonly<Record<string, string>> = useMessages(eventMessages)
  return (
    <span title={kind}>
      <Badge tone={toneOf(event)}>{words[kind.split('.', 1)[0] ?? kind] ?? kind}</Badge>
    </span>
  )
}

/** The sentence of an event; linked, unless one is there already, to what it is about. */
export function EventSentence({ event, isLinked = true }: { readonly event: Event; readonly isLinked?: boolean }) {
  const language = useLanguage()
  const sentence = language === 'zh-CN' ? event.summaryZh : event.summary
  const { path, service } = event
  if (isLinked && path !== undefined && path !== '' && !path.endsWith('/')) {
    return (
      <Link to="/configuration/$path" params={{ path }} className="foreign">
        {sentence}
      </Link>
    )
  }
  if (isLinked && service !== undefined) {
    return (
      <Link to="/services/$name" params={{ name: service }} className="foreign">
        {sentence}
      </Link>
    )
  }
  return <span className="foreign">{sentence}</span>
}

/** Who leaves as announced is no trouble. */
export function toneOf({ kind, reason }: Event): Tone {
  if (kind === 'instance.down' && reason === 'left') return 'quiet'
  if (/^(instance\.down|timeline\.gap|leader\.gone|.*\.rejected)$/.test(kind)) return 'bad'
  if (/^(instance\.up|config\.recovered|leader\.elected|draft\.approved)$/.test(kind)) return 'ok'
  if (/^(override|instance|queue\.paused|schedule\.paused|document)/.test(kind)) return 'warn'
  return /^(release|canary)/.test(kind) ? 'info' : 'quiet'
}
