/** A parameter of the address that is one of these words; absent otherwise. */
export function oneOf<const Name extends string, const Word extends string>(
  search: Readonly<Record<string, unknown>>,
  name: Name,
  words: readonly Word[],
): { readonly [N in Name]?: Word } {
  const found = words.find((word) => word === search[name])
  return found === undefined ? {} : ({ [name]: found } as { [N in Name]: Word })
}

/** A parameter of the address that is text; absent otherwise. A number is read as the text that it was. */
export function text<const Name extends string>(
  search: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [N in Name]?: string } {
  const value = search[name]
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isText ? ({ [name]: String(value) } as { [N in Name]: string }) : {}
}
