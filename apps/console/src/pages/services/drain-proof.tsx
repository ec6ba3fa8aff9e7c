import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Meter, Status } from '../../ui/badge.tsx'
import { Note } from '../../ui/note.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { servicesMessages } from './messages.ts'

/** Which followers have seen a change by an operator, as they confirm it. */
export function Proof({ service, revision }: { readonly service: string; readonly revision: string }) {
  const t = useMessages(servicesMessages)
  const query = useOperation('services.followers', { params: { name: service } }, ['waypost/services/subscribers'])
  return (
    <QueryView query={query}>
      {({ followers }) => {
        const seen = followers.filter(({ seenOverrides }) => BigInt(seenOverrides) >= BigInt(revision))
        const isDone = seen.length === followers.length
        return (
          <div className="stack tight" aria-live="polite">
            <h3>{t.proofTitle}</h3>
            {followers.length === 0 ? (
              <Note>{t.proofNone}</Note>
            ) : (
              <>
                <Note tone={isDone ? 'ok' : 'info'}>
                  {isDone ? t.proofAll(followers.length) : t.proofSome(seen.length, followers.length)}
                </Note>
                <Meter
                  label={t.proofSome(seen.length, followers.length)}
                  parts={[
                    { value: seen.length, tone: 'ok' },
                    { value: followers.length - seen.length, tone: 'quiet' },
                  ]}
                />
                <ul className="proof-list">
                  {followers.map(({ process, app, host, seenOverrides }) => {
                    const has = BigInt(seenOverrides) >= BigInt(revision)
                    return (
                      <li key={process} className="row between">
                        <span className="foreign">{[app, host, process].filter(Boolean).join(' · ')}</span>
                        <Status tone={has ? 'ok' : 'quiet'}>{has ? t.seen : t.waiting}</Status>
                      </li>
                    )
                  })}
                </ul>
              </>
            )}
          </div>
        )
      }}
    </QueryView>
  )
}
