/** As much of a browser as a login needs: cookies, redirects, forms. */
export class Browser {
  /** By name. Browsers share cookies between the ports of a host. */
  readonly cookies = new Map<string, string>()

  /** Opens a page, over all redirects. */
  async open(url: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    let next = { url, form }
    for (let hop = 0; hop < 20; hop++) {
      const answer = await fetch(next.url, {
        method: next.form === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        body: next.form === undefined ? null : new URLSearchParams(next.form),
      })
      for (const line of answer.headers.getSetCookie()) this.#keep(line)
      const location = answer.headers.get('location')
      const html = await answer.text()
      if (location === null) return { url: next.url, status: answer.status, html }
      next = { url: new URL(location, next.url).href, form: undefined }
    }
    throw new Error('There are too many redirects.')
  }

  /** Sends the form of a page. */
  submit({ url, html }: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? url
    const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    )
    return this.open(new URL(action, url).href, { ...Object.fromEntries(hidden), ...fields })
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const equals = pair.indexOf('=')
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    const isGone = attributes.some((attribute) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
    if (isGone || value === '') this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

export interface Page {
  readonly url: string
  readonly status: number
  readonly html: string
}
