import { escapeHtml } from '../http/escape-html.ts'

/** Pages without scripts, which nobody else may frame or cache. */
export const pageHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
} as const

/**
 * Leads on to a path of the hub. A redirect would not do: browsers do not send a `SameSite=Strict` cookie along a chain
 * of redirects that began on another site, but they do when this page leads on.
 */
export function forwardPage(path: string): string {
  const target = escapeHtml(path)
  return page(
    'Logged in',
    `<meta http-equiv="refresh" content="0;url=${target}">`,
    `<p><a href="${target}">Go on</a></p>`,
  )
}

export function errorPage(message: string, requestId: string): string {
  const detail = `<p>${escapeHtml(message)}</p><p><a href="/v1/oidc/login">Log in again</a></p>`
  return page('The login failed', '', `${detail}<p><small>Request ${escapeHtml(requestId)}</small></p>`)
}

function page(title: string, head: string, body: string): string {
  const style = '<style>body{font:16px system-ui;margin:15vh auto;max-width:32em;padding:0 1em}</style>'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>${head}${style}<h1>${title}</h1>${body}</html>`
}
