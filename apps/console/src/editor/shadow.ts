/**
 * The shadow tree that an editor lives in. There, CodeMirror's styles are constructed sheets, which a
 * Content-Security-Policy without `unsafe-inline` allows, and the page's own styles do not reach its text.
 */
export function shadowOf(host: HTMLElement): ShadowRoot {
  const shadow = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  shadow.replaceChildren()
  return shadow
}
