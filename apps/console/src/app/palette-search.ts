import { useOperation } from '../api/use-operation.ts'
import { useMessages } from '../i18n/language.ts'
import { shellMessages } from './messages.ts'
import type { PaletteEntry } from './palette-entries.ts'

const limit = 20

/** Services that have the text in their name, as the hub finds them. */
export function useFoundNames(text: string): readonly PaletteEntry[] {
  const t = useMessages(shellMessages)
  const { data } = useOperation('services.list', text === '' ? undefined : { query: { search: text, limit } })
  if (text === '') return []
  return (data?.services ?? []).map(({ name }) => ({
    key: `service-${name}`,
    title: name,
    kind: t.services,
    icon: 'services',
    href: `/services/${encodeURIComponent(name)}`,
  }))
}
