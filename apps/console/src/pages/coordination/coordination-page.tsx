import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useSettled } from '../../app/use-settled.ts'
import { useMessages } from '../../i18n/language.ts'
import { SearchField } from '../../ui/field.tsx'
import { PageHead } from '../../ui/panel.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { LockTable } from './lock-table.tsx'
import { coordinationMessages } from './messages.ts'
import { QueueTable } from './queue-table.tsx'
import { ScheduleTable } from './schedule-table.tsx'

/** Locks and leaders, queues, schedules. */
export function CoordinationPage() {
  const t = useMessages(coordinationMessages)
  const navigate = useNavigate()
  const { tab = 'locks' } = useSearch({ from: '/coordination' })
  const [text, setText] = useState('')
  const search = useSettled(text.trim(), 200)
  return (
    <>
      <PageHead
        title={t.title}
        about={t.about}
        actions={<SearchField label={t.search} value={text} onChange={setText} />}
      />
      <Tabs
        label={t.title}
        value={tab}
        onChange={(id) => void navigate({ to: '/coordination', search: { tab: id } })}
        tabs={[
          { id: 'locks', title: t.locks },
          { id: 'queues', title: t.queues },
          { id: 'schedules', title: t.schedules },
        ]}
      >
        {tab === 'locks' && <LockTable search={search} />}
        {tab === 'queues' && <QueueTable search={search} />}
        {tab === 'schedules' && <ScheduleTable search={search} />}
      </Tabs>
    </>
  )
}
