const schemes = ['http:', 'https:', 'unix:', 'unixs:']

/** Whether a member can be reached by these: at least one, each a scheme, a host and a port, and nothing else. */
export function arePeerUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every(isPeerUrl)
}

function isPeerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return (
    url !== undefined &&
    schemes.includes(url.protocol) &&
    /^\w+:\/\/(?:\[[^\]]+\]|[^/:[\]]+):\d+(?:\?.*)?$/.test(text.trim())
  )
}
