import { formatClock } from '../i18n/format.ts'
import { useLanguage, useMessages } from '../i18n/language.ts'
import { retryLive, useLiveState } from '../live/live-store.ts'
import { Status } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/note.tsx'
import { shellMessages } from './messages.ts'

/** A word in the top bar: whether what one sees is live. */
export function ConnectionMark() {
  const t = useMessages(shellMessages)
  const { phase, revision } = useLiveState()
  const tone = phase === 'live' ? 'ok' : phase === 'connecting' ? 'quiet' : 'bad'
  const word = phase === 'live' ? t.live : phase === 'connecting' ? t.connecting : t.cutOff
  return (
    <span className="connection-mark" role="status" title={revision === undefined ? word : `revision ${revision}`}>
      <Status tone={tone}>{word}</Status>
    </span>
  )
}

/** Says that what is shown may be out of date, and since when, for as long as that is so. */
export function ConnectionBanner() {
  const t = useMessages(shellMessages)
  const language = useLanguage()
  const { phase, staleSinceMs } = useLiveState()
  if (phase === 'live' || phase === 'connecting') return null
  const clock = formatClock(staleSinceMs ?? Date.now(), language)
  const words =
    phase === 'signed-out' ? t.signedOut : phase === 'store-away' ? t.storeAwaySince(clock) : t.cutOffSince(clock)
  return (
    <div className="connection-banner">
      <Note tone="warn">
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
