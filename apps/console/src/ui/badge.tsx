import type { ReactNode } from 'react'
import './badge.css'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'quiet'

/** `none`: the part that is not there. */
type PartTone = Tone | 'none'

/** A word about a state. The tone repeats what the word says, for those who see colours. */
export function Badge({ tone = 'quiet', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>
}

/** A state with a dot before it, for columns of tables. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`status ${tone}`}>{children}</span>
}

/** How much of a whole is done: a bar, and the words that it stands for. */
export function Meter({
  parts,
  label,
}: {
  readonly parts: readonly { readonly value: number; readonly tone: PartTone }[]
  readonly label: string
}) {
  const total = parts.reduce((sum, { value }) => sum + value, 0)
  return (
    <div className="meter" role="img" aria-label={label} title={label}>
      {total > 0 &&
        parts
          .filter(({ value }) => value > 0)
          .map(({ value, tone }) => <span key={tone} className={tone} style={{ flexGrow: value }} />)}
    </div>
  )
}
