import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { configurationMessages } from './messages.ts'

/** Asks for the path; the document itself is written on its page. */
export function NewDocumentDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages(configurationMessages)
  const ui = useMessages(uiMessages)
  const navigate = useNavigate()
  const [path, setPath] = useState('')
  const isGood = /^[^/]+(\/[^/]+)*$/.test(path.trim())
  const go = (): void => {
    if (isGood) void navigate({ to: '/configuration/$path', params: { path: path.trim() }, search: { edit: 'yes' } })
  }
  return (
    <Dialog
      title={t.newDocument}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button look="primary" disabled={!isGood} onClick={go}>
            {t.create}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <TextField
          label={t.newPath}
          hint={t.newPathHint}
          error={path === '' || isGood ? undefined : t.newPathBad}
          value={path}
          onChange={setPath}
          autoComplete="off"
          spellCheck={false}
        />
      </form>
    </Dialog>
  )
}
