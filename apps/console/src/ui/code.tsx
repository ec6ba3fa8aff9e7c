import { useState } from 'react'
import { useMessages } from '../i18n/language.ts'
import './code.css'
import { Icon } from './icon.tsx'
import { uiMessages } from './messages.ts'

/** Copies to the clipboard and says so for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const t = useMessages(uiMessages)
  const [isCopied, setCopied] = useState(false)
  const title = isCopied ? t.copied : (label ?? t.copy)
  return (
    <button
      type="button"
      className="icon-button copy"
      aria-label={title}
      title={title}
      onClick={async () => {
        await navigator.clipboard.writeText(text)
        setCopied(true)
        setTimeout(() => setCopied(false), 1_500)
      }}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      <span className="sr-only" role="status">
        {isCopied ? t.copied : ''}
      </span>
    </button>
  )
}

/** A command or a program to copy. */
export function CodeBlock({ code }: { readonly code: string }) {
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} />
    </div>
  )
}
