import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useMessages } from '../i18n/language.ts'
import { ErrorPanel } from './error-panel.tsx'
import { uiMessages } from './messages.ts'
import './query-view.css'

/** Shows what a query has: last known data stays while it is read again, also after an error, which is shown above it. */
export function QueryView<Data>({
  query,
  children,
}: {
  readonly query: UseQueryResult<Data>
  readonly children: (data: Data) => ReactNode
}) {
  const { data, error, refetch } = query
  return (
    <>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <Loading /> : children(data)}
    </>
  )
}

export function Loading() {
  const t = useMessages(uiMessages)
  return (
    <div className="loading" role="status">
      <span className="sr-only">{t.loading}</span>
      <span className="bar" />
      <span className="bar" />
      <span className="bar" />
    </div>
  )
}
