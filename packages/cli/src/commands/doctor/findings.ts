export type Severity = 'ok' | 'warning' | 'problem'

/** One thing that was looked at: what was found, and for what is not right what to do about it. */
export interface Finding {
  readonly check: string
  readonly severity: Severity
  readonly found: string
  readonly cure?: string | undefined
}

export function ok(check: string, found: string): Finding {
  return { check, severity: 'ok', found }
}

export function warning(check: string, found: string, cure: string): Finding {
  return { check, severity: 'warning', found, cure }
}

export function problem(check: string, found: string, cure: string): Finding {
  return { check, severity: 'problem', found, cure }
}
