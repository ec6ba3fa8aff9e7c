import { Suspense, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Note } from '../../ui/note.tsx'
import { Loading } from '../../ui/query-view.tsx'
import { Editor } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'

/** Two changes of one document, the second of which the hub refused. */
export interface Conflict {
  readonly currentRelease: number
  readonly author: string
  readonly theirs: string
  readonly yours: string
  readonly merged: string | undefined
  readonly isClean: boolean
}

/** What a refused release says of both sides; `undefined` for every other error. */
export function conflictOf(error: unknown): Conflict | undefined {
  if (!(error instanceof ApiError) || error.code !== 'conflict') return undefined
  const { conflicts } = error.details
  const first: unknown = Array.isArray(conflicts) ? conflicts[0] : undefined
  const currentRelease = field(first, 'currentRelease')
  if (typeof currentRelease !== 'number') return undefined
  return {
    currentRelease,
    author: text(field(field(first, 'current'), 'author')),
    theirs: text(field(field(first, 'theirs'), 'content')),
    yours: text(field(field(first, 'yours'), 'content')),
    merged: optionalText(field(field(first, 'merged'), 'text')),
    isClean: field(field(first, 'merged'), 'clean') === true,
  }
}

/** Both changes in one text, to go on with. */
export function ConflictView({
  path,
  conflict,
  onTake,
  onClose,
}: {
  readonly path: string
  readonly conflict: Conflict
  readonly onTake: (text: string, release: number) => void
  readonly onClose: () => void
}) {
  const t = useMessages(configurationMessages)
  const { currentRelease, author, theirs, yours, merged, isClean } = conflict
  const [shown, setShown] = useState(merged ?? yours)
  return (
    <Dialog
      title={t.conflictTitle}
      size="large"
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => onTake(theirs, currentRelease)}>{t.takeTheirs}</Button>
          <Button onClick={() => onTake(yours, currentRelease)}>{t.keepMine}</Button>
          <Button look="primary" onClick={() => onTake(shown, currentRelease)}>
            {t.takeMerge}
          </Button>
        </>
      }
    >
      <div className="stack">
        <Note tone={isClean ? 'info' : 'warn'}>
          {t.conflictAbout(currentRelease, author)} {isClean ? t.conflictClean : t.conflictMarked}
        </Note>
        <Suspense fallback={<Loading />}>
          <Editor label={path} path={path} text={shown} onChange={setShown} height="46vh" />
        </Suspense>
      </div>
    </Dialog>
  )
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function text(value: unknown): string {
  return optionalText(value) ?? ''
}
