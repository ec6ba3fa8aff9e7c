import { useState } from 'react'
import { useSession } from '../../app/session.ts'
import { useMessages } from '../../i18n/language.ts'
import { TextField } from '../../ui/field.tsx'
import { configurationMessages } from './messages.ts'

const storageKey = 'waypost.author'

/** Who does it and why. With a login, the author is the user, and only the reason is asked for. */
export function useReleaseFields() {
  const t = useMessages(configurationMessages)
  const { data: session } = useSession()
  const [comment, setComment] = useState('')
  const [author, setAuthor] = useState(rememberedAuthor)
  const isAnonymous = session?.user === undefined
  const name = author.trim()
  const remember = (value: string): void => {
    setAuthor(value)
    try {
      localStorage.setItem(storageKey, value)
    } catch {
      // It is asked for again the next time.
    }
  }
  return {
    fields: (
      <div className="grid-2">
        <TextField label={t.comment} hint={t.commentHint} value={comment} onChange={setComment} />
        {isAnonymous && (
          <TextField label={t.author} hint={t.authorHint} value={author} onChange={remember} autoComplete="name" />
        )}
      </div>
    ),
    given: {
      ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
      ...(isAnonymous && name !== '' ? { author: name } : {}),
    },
    /** Drafts have an author: it must be known who may not approve them. */
    hasAuthor: !isAnonymous || name !== '',
  }
}

function rememberedAuthor(): string {
  try {
    return localStorage.getItem(storageKey) ?? ''
  } catch {
    return ''
  }
}
