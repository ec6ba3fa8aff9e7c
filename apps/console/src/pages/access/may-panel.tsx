import { type FormEvent, useState } from 'react'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Status } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Checkbox, TextField } from '../../ui/field.tsx'
import { Facts, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { accessMessages } from './messages.ts'

/** What may this user do with this key, and by which role? Who is not root may only ask about themselves. */
export function MayPanel({ of = '' }: { readonly of?: string }) {
  const t = useMessages(accessMessages)
  const [user, setUser] = useState(of)
  const [key, setKey] = useState('/config/')
  const [prefix, setPrefix] = useState(true)
  const [asked, setAsked] = useState<{ user: string; key: string; prefix: boolean }>()
  const query = useOperation('access.may', asked === undefined ? undefined : { query: asked })
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    setAsked({ user, key, prefix })
  }
  const word = ({ isAllowed, role = '' }: { isAllowed: boolean; role?: string }) => (
    <Status tone={isAllowed ? 'ok' : 'bad'}>{isAllowed ? t.yes(role) : t.no}</Status>
  )
  return (
    <Panel>
      <form className="form" onSubmit={onSubmit}>
        <TextField label={t.user} value={user} onChange={setUser} readOnly={of !== ''} required />
        <TextField label={t.key} value={key} onChange={setKey} className="mono" required />
        <Checkbox label={t.isPrefix} checked={prefix} onChange={setPrefix} />
        <div className="row">
          <Button look="primary" type="submit">
            {t.ask}
          </Button>
        </div>
        {asked !== undefined && (
          <QueryView query={query}>
            {({ read, write }) => (
              <Facts
                facts={[
                  [t.read, word(read)],
                  [t.write, word(write)],
                ]}
              />
            )}
          </QueryView>
        )}
      </form>
    </Panel>
  )
}
