import { useNavigate, useSearch } from '@tanstack/react-router'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/panel.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { EventsPanel } from './events-panel.tsx'
import { timelineMessages } from './messages.ts'
import { MomentPanel } from './moment-panel.tsx'

/** What happened, and what it was like at any moment that is kept. */
export function TimelinePage() {
  const t = useMessages(timelineMessages)
  const navigate = useNavigate()
  const { view = 'events' } = useSearch({ from: '/timeline' })
  const status = useOperation('timeline.status', {}, ['waypost/timeline'])
  return (
    <>
      <PageHead title={t.title} about={t.about} />
      {status.data?.thisHub === 'off' && <Note tone="warn">{`${t.notRecorded} ${t.notRecordedAbout}`}</Note>}
      {status.data?.thisHub === 'failing' && <Note tone="bad">{t.failing(status.data.lastError ?? '')}</Note>}
      <Tabs
        label={t.title}
        value={view}
        onChange={(id) => void navigate({ to: '/timeline', search: { view: id } })}
        tabs={[
          { id: 'events', title: t.viewEvents },
          { id: 'moment', title: t.viewMoment },
        ]}
      >
        {view === 'events' ? <EventsPanel /> : <MomentPanel />}
      </Tabs>
    </>
  )
}
