import type { ResultOf } from '../../api/call.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Note } from '../../ui/note.tsx'
import { configurationMessages } from './messages.ts'

type Preview = ResultOf<'config.validate'>
export type AffectedGroup = Preview['affected'][number]

const shownChanges = 12

/** Who changes from what to what, and who would reject it, those first. */
export function Affected({ affected }: { readonly affected: readonly AffectedGroup[] }) {
  const t = useMessages(configurationMessages)
  const breaking = affected.filter(({ breaks }) => breaks.length > 0)
  const sorted = [...breaking, ...affected.filter(({ breaks }) => breaks.length === 0)]
  return (
    <div>
      <h3>{t.affected}</h3>
      {breaking.length > 0 && (
        <Note tone="bad">
          <strong>{t.breaksTitle(breaking.length)}</strong> {t.breaksAbout}
        </Note>
      )}
      {sorted.length === 0 && <p className="muted">{t.affectedNobody}</p>}
      {sorted.map((group) => (
        <Group key={[group.app, group.profile, group.version, ...group.instances].join(' ')} group={group} />
      ))}
    </div>
  )
}

function Group({ group: { app, profile, version, instances, changes, breaks } }: { readonly group: AffectedGroup }) {
  const t = useMessages(configurationMessages)
  return (
    <div className="affected">
      <div className="row wrap">
        <strong className="foreign">{app}</strong>
        {profile !== undefined && <Badge>{profile}</Badge>}
        {version !== undefined && <Badge>{version}</Badge>}
        <span className="muted" title={instances.join(', ')}>
          {t.instances(instances.length)}
        </span>
      </div>
      <ul className="change-list">
        {breaks.map(({ message }) => (
          <li key={message} className="bad foreign">
            {message}
          </li>
        ))}
        {changes.length === 0 && breaks.length === 0 && <li className="muted">{t.affectedUnchanged}</li>}
        {changes.slice(0, shownChanges).map(({ keyPath, from, to }) => (
          <li key={keyPath.join('.')}>
            <code>{keyPath.join('.')}</code>: <code className="foreign">{shown(from)}</code> →{' '}
            <code className="foreign">{shown(to)}</code>
          </li>
        ))}
        {changes.length > shownChanges && <li className="muted">… {changes.length - shownChanges}</li>}
      </ul>
    </div>
  )
}

export function shown(value: unknown): string {
  return value === undefined ? '–' : JSON.stringify(value)
}
