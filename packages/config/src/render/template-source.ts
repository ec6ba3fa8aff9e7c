/** Gives the value of `{{ 'subject' | filter: option: 'value' }}`. Where it rejects, the template does. */
export type TemplateFilter = (
  subject: string,
  options: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<unknown>

/** Where values of templates come from. What was asked for once is followed until it is closed. */
export interface TemplateSource {
  readonly filters: Readonly<Record<string, TemplateFilter>>
  /** Calls the listener when what was given may have changed. */
  onChange(listener: () => void): void
  close(): Promise<void>
}
