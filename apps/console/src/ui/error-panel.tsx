import { ApiError } from '../api/api-error.ts'
import { useMessages } from '../i18n/language.ts'
import { Button } from './button.tsx'
import { errorMessages } from './error-messages.ts'
import './error-panel.css'
import { Icon } from './icon.tsx'
import { uiMessages } from './messages.ts'

/** What went wrong, its code, what to do about it, and a way to try again. */
export function ErrorPanel({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const t = useMessages(uiMessages)
  const words = useMessages(errorMessages)
  const code = codeOf(error)
  const known: Readonly<Record<string, { meaning: string; cure: string }>> = words
  const { meaning, cure } = known[code] ?? words.other
  const message = error instanceof Error ? error.message : String(error)
  const requestId = error instanceof ApiError ? error.requestId : undefined
  return (
    <div className="error-panel" role="alert">
      <Icon name="warn" size={18} />
      <div className="grow">
        <strong>{meaning}</strong>
        {message !== meaning && <p className="foreign">{message}</p>}
        <p className="muted">{cure}</p>
        <p className="faint small">
          {t.code}: <code>{code}</code>
          {requestId !== undefined && (
            <>
              {' · '}
              <code>{requestId}</code>
            </>
          )}
        </p>
      </div>
      {onRetry !== undefined && (
        <Button icon="refresh" onClick={onRetry}>
          {t.retry}
        </Button>
      )}
    </div>
  )
}

/** The stable code of an error, `other` when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code : 'other'
}
