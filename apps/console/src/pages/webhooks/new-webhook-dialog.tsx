import { useState } from 'react'
import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { commaList } from '../../ui/comma-list.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Select, TextField } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Note } from '../../ui/note.tsx'
import { webhooksMessages } from './messages.ts'

type Format = 'json' | 'slack' | 'feishu' | 'dingtalk' | 'wecom'

/** Asks where to send what, and shows the secret, this once. */
export function NewWebhookDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages(webhooksMessages)
  const ui = useMessages(uiMessages)
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [format, setFormat] = useState<Format>('json')
  const [language, setLanguage] = useState<'en' | 'zh'>('en')
  const [kinds, setKinds] = useState('instance.down, release.*')
  const [service, setService] = useState('')
  const [path, setPath] = useState('')
  const [secret, setSecret] = useState('')
  const create = useChange('webhooks.create')
  const chosen = commaList(kinds)
  const isUrl = /^https?:\/\/\S+$/.test(url.trim())
  const optional = Object.fromEntries(
    Object.entries({ name, service, path, secret })
      .map(([field, value]) => [field, value.trim()])
      .filter(([, value]) => value !== ''),
  )
  if (create.data?.secret !== undefined) {
    return (
      <Dialog
        title={t.secretTitle}
        onClose={onClose}
        footer={
          <Button look="primary" onClick={onClose}>
            {t.done}
          </Button>
        }
      >
        <div className="stack">
          <Note tone="warn">{t.secretOnce}</Note>
          <CodeBlock code={create.data.secret} />
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      title={t.add}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button
            look="primary"
            disabled={!isUrl || chosen.length === 0}
            isBusy={create.isPending}
            onClick={() =>
              create.mutate(
                { body: { ...optional, url: url.trim(), format, language, kinds: chosen } },
                { onSuccess: (made) => made.secret === undefined && onClose() },
              )
            }
          >
            {t.save}
          </Button>
        </>
      }
    >
      <div className="stack">
        {create.error !== null && <ErrorPanel error={create.error} />}
        <TextField label={t.name} hint={t.nameHint} value={name} onChange={setName} />
        <TextField
          label={t.url}
          hint={t.urlHint}
          error={url === '' || isUrl ? undefined : t.badUrl}
          value={url}
          onChange={setUrl}
          inputMode="url"
        />
        <div className="grid-2">
          <Select
            label={t.format}
            value={format}
            onChange={setFormat}
            options={[
              ['json', 'JSON'],
              ['slack', 'Slack'],
              ['feishu', '飞书 Feishu'],
              ['dingtalk', '钉钉 DingTalk'],
              ['wecom', '企业微信 WeCom'],
            ]}
          />
          <Select
            label={t.language}
            value={language}
            onChange={setLanguage}
            options={[
              ['en', 'English'],
              ['zh', '中文'],
            ]}
          />
        </div>
        <TextField label={t.kinds} hint={t.kindsHint} value={kinds} onChange={setKinds} />
        <div className="grid-2">
          <TextField label={t.service} value={service} onChange={setService} />
          <TextField label={t.path} value={path} onChange={setPath} />
        </div>
        <TextField
          label={t.secret}
          hint={t.secretHint}
          type="password"
          autoComplete="new-password"
          value={secret}
          onChange={setSecret}
        />
      </div>
    </Dialog>
  )
}
