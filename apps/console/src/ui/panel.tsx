import type { ReactNode } from 'react'
import './panel.css'

/** A titled part of a page. */
export function Panel({
  title,
  actions,
  children,
  flush = false,
}: {
  readonly title?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** Without padding: for tables and lists that reach the edges. */
  readonly flush?: boolean
}) {
  return (
    <section className={`panel ${flush ? 'flush' : ''}`}>
      {(title !== undefined || actions !== undefined) && (
        <header>
          <h2>{title}</h2>
          {actions !== undefined && <div className="row wrap">{actions}</div>}
        </header>
      )}
      <div className="panel-body">{children}</div>
    </section>
  )
}

/** The head of a page: what it is about, in one line, and what one may do here. */
export function PageHead({
  title,
  about,
  actions,
  above,
}: {
  readonly title: ReactNode
  readonly about?: ReactNode
  readonly actions?: ReactNode
  /** Where this stands: a link back to the list. */
  readonly above?: ReactNode
}) {
  return (
    <header className="page-head">
      <div className="grow">
        {above !== undefined && <div className="page-above">{above}</div>}
        <h1 className="foreign">{title}</h1>
        {about !== undefined && <p className="muted">{about}</p>}
      </div>
      {actions !== undefined && <div className="row wrap">{actions}</div>}
    </header>
  )
}

/** One figure and what it counts. */
export function Stat({
  label,
  value,
  detail,
  tone,
}: {
  readonly label: string
  readonly value: ReactNode
  readonly detail?: ReactNode
  readonly tone?: 'ok' | 'warn' | 'bad'
}) {
  return (
    <div className={`stat ${tone ?? ''}`}>
      <dt>{label}</dt>
      <dd>
        <strong>{value}</strong>
        {detail !== undefined && <span className="muted small">{detail}</span>}
      </dd>
    </div>
  )
}

/** Names and values in two columns. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
