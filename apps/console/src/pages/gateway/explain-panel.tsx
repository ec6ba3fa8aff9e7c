import { type FormEvent, useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Facts, Panel } from '../../ui/panel.tsx'
import { headersIn } from './headers-in.ts'
import { gatewayMessages } from './messages.ts'

type Explained = ResultOf<'gateways.explain'>

/** More routes that do not take a request than these are only counted. */
const shownOthers = 10

/** Which route would take a request, which instances it could go to, and why other routes do not take it. */
export function ExplainPanel() {
  const t = useMessages(gatewayMessages)
  const [method, setMethod] = useState('GET')
  const [url, setUrl] = useState('')
  const [headers, setHeaders] = useState('')
  const explain = useChange('gateways.explain')
  const given = headersIn(headers)
  const isReady = url.trim() !== '' && method.trim() !== '' && given !== undefined
  const ask = (event: FormEvent): void => {
    event.preventDefault()
    if (isReady) explain.mutate({ body: { method: method.trim(), url: url.trim(), headers: given } })
  }
  return (
    <Panel title={t.explain}>
      <form className="form" onSubmit={ask}>
        <p className="muted">{t.explainAbout}</p>
        <div className="explain-request">
          <TextField label={t.method} value={method} onChange={setMethod} spellCheck={false} className="mono" />
          <TextField
            label={t.address}
            value={url}
            onChange={setUrl}
            placeholder="https://shop.example.com/api/orders"
            spellCheck={false}
            className="mono"
          />
        </div>
        <TextArea
          label={t.headers}
          hint={t.headersHint}
          error={given === undefined ? t.headersBad : undefined}
          rows={2}
          value={headers}
          onChange={setHeaders}
          spellCheck={false}
          className="mono"
        />
        <div className="row">
          <Button type="submit" look="primary" disabled={!isReady} isBusy={explain.isPending}>
            {t.explainNow}
          </Button>
        </div>
      </form>
      <div className="stack" aria-live="polite">
        {explain.error !== null && <ErrorPanel error={explain.error} />}
        {explain.data !== undefined && <Explanation explained={explain.data} />}
      </div>
    </Panel>
  )
}

function Explanation({ explained }: { readonly explained: Explained }) {
  const t = useMessages(gatewayMessages)
  const { kind, answer, route, because = [], policies = [], service, chosenBy, path, instances, others } = explained
  if (kind === 'refused') return <Note tone="bad">{t.refusedWith(answer?.status ?? 400, answer?.detail ?? '')}</Note>
  const shown = others.slice(0, shownOthers)
  return (
    <>
      {route === undefined ? (
        <Note tone="warn">{t.noRoute}</Note>
      ) : (
        <>
          <Note tone="ok">
            <span className="foreign">{t.takes(route)}</span>
          </Note>
          <Facts
            facts={[
              [t.because, <bdi key="because">{because.join('; ') || '–'}</bdi>],
              [t.policies, <bdi key="policies">{policies.map(({ name }) => name).join(', ') || '–'}</bdi>],
              ...(service === undefined
                ? []
                : [
                    [t.sentTo, <bdi key="service">{`${service} (${chosenBy ?? ''})`}</bdi>] as const,
                    [t.sentAs, <code key="path">{path ?? '/'}</code>] as const,
                  ]),
              ...(answer === undefined
                ? []
                : [[t.answered, <bdi key="answer">{[answer.status, answer.location].join(' ')}</bdi>] as const]),
            ]}
          />
          {instances !== undefined && <Candidates instances={instances} />}
        </>
      )}
      {shown.length > 0 && (
        <div>
          <h3>{t.notTaken}</h3>
          <ul className="change-list">
            {shown.map(({ route: other, reason }) => (
              <li key={other}>
                <strong className="foreign">{other}</strong>: <bdi>{reason}</bdi>
              </li>
            ))}
            {others.length > shown.length && <li className="muted">{t.moreRoutes(others.length - shown.length)}</li>}
          </ul>
        </div>
      )}
    </>
  )
}

function Candidates({ instances }: { readonly instances: NonNullable<Explained['instances']> }) {
  const t = useMessages(gatewayMessages)
  if (instances.length === 0) return <Note tone="bad">{t.noCandidates}</Note>
  return (
    <div>
      <h3>{t.candidates}</h3>
      <ul className="change-list">
        {instances.map(({ id, address, takesTraffic }) => (
          <li key={id} className="row wrap">
            <bdi>{id}</bdi> <code>{address}</code>
            <Badge tone={takesTraffic ? 'ok' : 'quiet'}>{takesTraffic ? t.candidate : t.noTraffic}</Badge>
          </li>
        ))}
      </ul>
    </div>
  )
}
