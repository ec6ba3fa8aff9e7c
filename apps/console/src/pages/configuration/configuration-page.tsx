import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { urlOf } from '../../api/call.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { PageHead } from '../../ui/panel.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import './configuration.css'
import { DocumentsPanel } from './documents-panel.tsx'
import { DraftsPanel } from './drafts-panel.tsx'
import { EffectivePanel } from './effective-panel.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { configurationMessages } from './messages.ts'
import { NewDocumentDialog } from './new-document-dialog.tsx'

/** All documents, what waits for approval, and what an application gets in the end. */
export function ConfigurationPage() {
  const t = useMessages(configurationMessages)
  const navigate = useNavigate()
  const { view = 'documents' } = useSearch({ from: '/configuration' })
  const [opened, setOpened] = useState<'new' | 'import'>()
  return (
    <>
      <PageHead
        title={t.title}
        about={t.about}
        actions={
          <>
            <a className="button" href={urlOf('config.export', { query: {} })} download>
              {t.exportAll}
            </a>
            <Button icon="upload" onClick={() => setOpened('import')}>
              {t.importAll}
            </Button>
            <Button look="primary" icon="plus" onClick={() => setOpened('new')}>
              {t.newDocument}
            </Button>
          </>
        }
      />
      <Tabs
        label={t.title}
        value={view}
        onChange={(id) => void navigate({ to: '/configuration', search: { view: id } })}
        tabs={[
          { id: 'documents', title: t.viewDocuments },
          { id: 'drafts', title: t.viewDrafts },
          { id: 'effective', title: t.viewEffective },
        ]}
      >
        {view === 'documents' && <DocumentsPanel onNew={() => setOpened('new')} />}
        {view === 'drafts' && <DraftsPanel />}
        {view === 'effective' && <EffectivePanel />}
      </Tabs>
      {opened === 'new' && <NewDocumentDialog onClose={() => setOpened(undefined)} />}
      {opened === 'import' && <ImportDialog onClose={() => setOpened(undefined)} />}
    </>
  )
}
