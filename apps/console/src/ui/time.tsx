import { formatAbsolute, formatRelative } from '../i18n/format.ts'
import { useLanguage } from '../i18n/language.ts'
import { useNow } from '../i18n/now.ts'

/** "3 min ago", with the moment in the reader's own zone when it is pointed at. */
export function Time({ at }: { readonly at: string | number | undefined }) {
  const language = useLanguage()
  const nowMs = useNow()
  const atMs = typeof at === 'string' ? Date.parse(at) : at
  if (atMs === undefined || Number.isNaN(atMs)) return <span className="faint">–</span>
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatAbsolute(atMs, language)} className="nowrap">
      {formatRelative(atMs, nowMs, language)}
    </time>
  )
}
