import { invalidArgument, type WaypostError } from '@waypost/core'

/** Reads the endpoints that a caller gave, and writes each as `http(s)://host:port`. */
export function parseEndpoints(given: string | readonly string[], secure: boolean): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const texts = list.flatMap((text) => {
    // Programs without types pass on what their environment does not hold.
    if (typeof text !== 'string') throw invalidArgument(`An endpoint is text, not ${text}.`)
    return text.split(',')
  })
  const endpoints = new Set<string>()
  for (const text of texts) {
    const trimmed = text.trim()
    if (trimmed !== '') endpoints.add(parseEndpoint(trimmed, secure))
  }
  if (endpoints.size === 0) throw invalidArgument('At least one endpoint is needed.')
  return Object.freeze([...endpoints])
}

function parseEndpoint(text: string, secure: boolean): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${secure ? 'https' : 'http'}://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '' || url.port === '0') {
    throw refused(text)
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidArgument('An endpoint holds no user or password; give them in `auth`.')
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw refused(text)
  // URL drops the scheme's usual port; here nothing is usual.
  const port = url.port || (/:(80|443)$/.exec(text)?.[1] ?? '2379')
  return `${url.protocol}//${url.hostname}:${port}`
}

function refused(text: string): WaypostError {
  return invalidArgument(`The endpoint ${text} is not of the form http(s)://host:port.`)
}
