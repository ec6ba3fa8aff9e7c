interface Page {
  readonly next?: string
}

/** The first pages of a list, as one: fewer when the list ends before. `join` puts a page at the end of those before. */
export async function readPages<P extends Page>(
  count: number,
  read: (cursor: string | undefined) => Promise<P>,
  join: (before: P, page: P) => P,
): Promise<P> {
  let all = await read(undefined)
  for (let page = 1; page < count && all.next !== undefined; page++) {
    const more = await read(all.next)
    const { next: _, ...joined } = join(all, more)
    all = { ...joined, ...(more.next === undefined ? {} : { next: more.next }) } as P
  }
  return all
}
