import type { HeaderEdits } from '../routes/route.ts'

/** Edits a flat list of headers in place of its route's rules: removes, sets, adds. Names are compared in lower case. */
export function editHeaders(headers: string[], edits: HeaderEdits): void {
  for (const name of edits.remove) removeHeader(headers, name)
  for (const [name, value] of edits.set) setHeader(headers, name, value)
  for (const [name, value] of edits.add) headers.push(name, value)
}

/** @param name in lower case */
export function setHeader(headers: string[], name: string, value: string): void {
  removeHeader(headers, name)
  headers.push(name, value)
}

/** @param name in lower case */
export function removeHeader(headers: string[], name: string): void {
  let length = 0
  for (let index = 0; index < headers.length; index += 2) {
    const present = headers[index] ?? ''
    if (present.length === name.length && present.toLowerCase() === name) continue
    headers[length] = present
    headers[length + 1] = headers[index + 1] ?? ''
    length += 2
  }
  headers.length = length
}

/** Whether there is anything to edit. */
export function hasEdits({ remove, set, add }: HeaderEdits): boolean {
  return remove.length + set.length + add.length > 0
}
