import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useMessages } from '../../i18n/language.ts'
import { CodeBlock } from '../../ui/code.tsx'
import { Note } from '../../ui/note.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { InstanceForm, instanceIn } from './instance-form.tsx'
import { KeyHistory } from './key-history.tsx'
import { keysMessages } from './messages.ts'
import { hexOf, prettyJson } from './value-forms.ts'

type Form = 'instance' | 'text' | 'json' | 'hex' | 'history'

/** The value in whichever forms it has; one that is no text is shown as hex. */
export function KeyValue({ name, kv }: { readonly name: string; readonly kv: ResultOf<'keys.read'> }) {
  const t = useMessages(keysMessages)
  const [chosen, setChosen] = useState<Form>('text')
  const { value = '', encoding = 'utf8' } = kv
  const isText = encoding === 'utf8'
  const instance = isText ? instanceIn(name, value) : undefined
  const tabs: { id: Form; title: string }[] = [
    ...(isText
      ? [
          { id: 'text' as const, title: t.asText },
          { id: 'json' as const, title: t.asJson },
        ]
      : []),
    { id: 'hex', title: t.asHex },
    ...(instance === undefined ? [] : [{ id: 'instance' as const, title: t.asInstance }]),
    { id: 'history', title: t.history },
  ]
  const form = tabs.some(({ id }) => id === chosen) ? chosen : 'hex'
  return (
    <>
      {!isText && <Note>{t.binary}</Note>}
      <Tabs label={t.value} value={form} onChange={setChosen} tabs={tabs}>
        {form === 'history' && <KeyHistory name={name} />}
        {form === 'instance' && instance !== undefined && <InstanceForm {...instance} />}
        {form === 'text' && <CodeBlock code={value} />}
        {form === 'json' && <CodeBlock code={prettyJson(value) ?? t.notJson} />}
        {form === 'hex' && <CodeBlock code={hexOf(value, encoding)} />}
      </Tabs>
    </>
  )
}
