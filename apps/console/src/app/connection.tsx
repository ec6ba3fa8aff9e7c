import { pollMs } from '../api/live-queries.ts'
import { formatClock } from '../i18n/format.ts'
import { useLanguage, useMessages } from '../i18n/language.ts'
import { retryLive, useLiveState } from '../live/live-store.ts'
import type { LiveState } from '../live/live-stream.ts'
import { Status } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/note.tsx'
import { shellMessages } from './messages.ts'

/** A word in the top bar: whether what one sees is live. */
export function ConnectionMark() {
  const t = useMessages(shellMessages)
  const { phase, revision } = useLiveState()
  const tone = phase === 'live' ? 'ok' : phase === 'connecting' || phase === 'not-allowed' ? 'quiet' : 'bad'
  const word = wordOf(phase, t)
  return (
    <span className="connection-mark" role="status" title={revision === undefined ? word : `revision ${revision}`}>
      <Status tone={tone}>{word}</Status>
    </span>
  )
}

type Words = (typeof shellMessages)['en']

function wordOf(phase: LiveState['phase'], t: Words): string {
  if (phase === 'live') return t.live
  if (phase === 'connecting') return t.connecting
  return phase === 'not-allowed' ? t.polled : t.cutOff
}

/** Says that what is shown may be out of date, and since when, for as long as that is so. */
export function ConnectionBanner() {
  const t = useMessages(shellMessages)
  const language = useLanguage()
  const { phase, staleSinceMs } = useLiveState()
  if (phase === 'live' || phase === 'connecting') return null
  const clock = formatClock(staleSinceMs ?? Date.now(), language)
  const words = {
    'signed-out': t.signedOut,
    'not-allowed': t.notFollowed(pollMs / 1_000),
    'store-away': t.storeAwaySince(clock),
    'cut-off': t.cutOffSince(clock),
  }[phase]
  return (
    <div className="connection-banner">
      <Note tone={phase === 'not-allowed' ? 'info' : 'warn'}>
        <div className="row wrap between">
          <span>{words}</span>
          {phase === 'cut-off' && (
            <Button className="small" icon="refresh" onClick={retryLive}>
              {t.reconnect}
            </Button>
          )}
        </div>
      </Note>
    </div>
  )
}
