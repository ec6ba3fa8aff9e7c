import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead, Panel } from '../../ui/panel.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { startMessages } from './messages.ts'
import { type SampleLanguage, sampleLanguages, samplesFor } from './samples.ts'
import './start.css'
import { demoService, useDemoInstance } from './use-demo-instance.ts'

const documentPath = 'hello/greeting.txt'
const languages = Object.entries(sampleLanguages) as [SampleLanguage, string][]

/** A guided start: what one does by hand here, and the program that does the same. */
export function StartPage() {
  const t = useMessages(startMessages)
  const [language, setLanguage] = useState<SampleLanguage>('typescript')
  const sample = samplesFor({ hub: location.origin, store: `http://${location.hostname}:2379` })[language]
  return (
    <>
      <PageHead title={t.title} about={t.about} />
      <div className="start-columns">
        <div className="stack">
          <RegisterStep />
          <PublishStep />
          <Panel title={t.step3}>
            <div className="stack tight">
              <p>{t.step3About}</p>
              <CodeBlock code={`npx waypost services --watch\nnpx waypost config get ${documentPath}`} />
              <p className="row wrap">
                <a href="/docs" target="_blank" rel="noreferrer">
                  {t.api}
                </a>
                <Link to="/timeline">{t.timeline}</Link>
              </p>
            </div>
          </Panel>
        </div>
        <Panel title={t.code}>
          <Tabs
            label={t.language}
            value={language}
            onChange={setLanguage}
            tabs={languages.map(([id, title]) => ({ id, title }))}
          >
            {sample.install !== undefined && (
              <div>
                <h3>{t.install}</h3>
                <CodeBlock code={sample.install} />
              </div>
            )}
            <div>
              <h3>{t.step1}</h3>
              <CodeBlock code={sample.register} />
            </div>
            <div>
              <h3>{t.step2}</h3>
              <CodeBlock code={sample.configuration} />
            </div>
          </Tabs>
        </Panel>
      </div>
    </>
  )
}

function RegisterStep() {
  const t = useMessages(startMessages)
  const { registered, error, register, leave } = useDemoInstance()
  const query = useOperation('names.list', { params: { name: demoService }, query: {} }, [`services/${demoService}`])
  const count = query.data?.instances.length ?? 0
  return (
    <Panel title={t.step1}>
      <div className="stack tight">
        <p>{t.step1About}</p>
        {error !== undefined && <ErrorPanel error={error} />}
        <div aria-live="polite">{count > 0 && <Note tone="ok">{t.registered(count)}</Note>}</div>
        <div className="row wrap">
          {registered === undefined ? (
            <Button look="primary" onClick={() => void register()}>
              {t.register}
            </Button>
          ) : (
            <Button onClick={leave}>{t.leave}</Button>
          )}
          {count > 0 && (
            <Link to="/services/$name" params={{ name: demoService }}>
              {t.seeService}
            </Link>
          )}
        </div>
      </div>
    </Panel>
  )
}

function PublishStep() {
  const t = useMessages(startMessages)
  const [text, setText] = useState(t.hello)
  const publish = useChange('config.publish')
  return (
    <Panel title={t.step2}>
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault()
          publish.mutate({ params: { path: documentPath }, body: { content: text } })
        }}
      >
        <p>{t.step2About}</p>
        <TextField label={t.greeting} value={text} onChange={setText} />
        {publish.error !== null && <ErrorPanel error={publish.error} />}
        <div aria-live="polite">
          {publish.data !== undefined && <Note tone="ok">{t.published(publish.data.release)}</Note>}
        </div>
        <div className="row wrap">
          <Button look="primary" type="submit" isBusy={publish.isPending}>
            {t.publish}
          </Button>
          {publish.data !== undefined && (
            <Link to="/configuration/$path" params={{ path: documentPath }}>
              {t.seeDocument}
            </Link>
          )}
        </div>
      </form>
    </Panel>
  )
}
