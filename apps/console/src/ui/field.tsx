import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react'
import './field.css'
import { Icon } from './icon.tsx'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
}

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'>

/** One line of text with its label, a hint below it, and what is wrong with it. */
export function TextField({
  label,
  hint,
  error,
  value,
  onChange,
  ...rest
}: FieldProps & InputProps & { readonly value: string; readonly onChange: (value: string) => void }) {
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <input
        {...rest}
        id={id}
        className={`input ${rest.className ?? ''}`}
        value={value}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={hint !== undefined || error !== undefined ? `${id}-about` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}

export function TextArea({
  label,
  hint,
  error,
  value,
  onChange,
  ...rest
}: FieldProps &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange' | 'value'> & {
    readonly value: string
    readonly onChange: (value: string) => void
  }) {
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <textarea
        rows={4}
        {...rest}
        id={id}
        className={`input ${rest.className ?? ''}`}
        value={value}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={hint !== undefined || error !== undefined ? `${id}-about` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}

export function Select<V extends string>({
  label,
  hint,
  value,
  options,
  onChange,
  isLabelHidden = false,
}: FieldProps & {
  readonly value: V
  readonly options: readonly (readonly [V, string])[]
  readonly onChange: (value: V) => void
  readonly isLabelHidden?: boolean
}) {
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} isLabelHidden={isLabelHidden}>
      <select
        id={id}
        className="input"
        value={value}
        onChange={(event) => {
          const chosen = options.find(([option]) => option === event.target.value)
          if (chosen !== undefined) onChange(chosen[0])
        }}
      >
        {options.map(([option, title]) => (
          <option key={option} value={option}>
            {title}
          </option>
        ))}
      </select>
    </Field>
  )
}

export function Checkbox({
  label,
  checked,
  onChange,
  disabled = false,
}: {
  readonly label: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
}) {
  return (
    <label className="checkbox">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  )
}

/** Searches as one types; its label is for screen readers, the placeholder for the others. */
export function SearchField({
  label,
  value,
  onChange,
  ...rest
}: InputProps & { readonly label: string; readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <label className="search-field">
      <span className="sr-only">{label}</span>
      <Icon name="search" />
      <input
        {...rest}
        type="search"
        className="input"
        placeholder={rest.placeholder ?? label}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}

function Field({
  id,
  label,
  hint,
  error,
  children,
  isLabelHidden = false,
}: FieldProps & { readonly id: string; readonly children: ReactNode; readonly isLabelHidden?: boolean }) {
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : ''}>
        {label}
      </label>
      {children}
      {(error !== undefined || hint !== undefined) && (
        <p id={`${id}-about`} className={error === undefined ? 'hint' : 'error'}>
          {error ?? hint}
        </p>
      )}
    </div>
  )
}
