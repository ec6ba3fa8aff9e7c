import { readFields } from '../../timeline/concerns/concern.ts'

/** Chats that answer with status 200 and say in a field whether they took the message. */
export function codeComplaint(answer: string, field: string, text: string): string | undefined {
  const fields = readFields(Buffer.from(answer))
  const code = fields?.[field]
  if (code === undefined || code === 0) return undefined
  return `${field} ${String(code)}: ${String(fields?.[text] ?? 'no reason given')}`
}
