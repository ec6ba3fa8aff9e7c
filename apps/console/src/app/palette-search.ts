import { useOperation } from '../api/use-operation.ts'
import { useMessages } from '../i18n/language.ts'
import { shellMessages } from './messages.ts'
import type { PaletteEntry } from './palette-entries.ts'

const limit = 20

/** Services and documents that have the text in their name, as the hub finds them. */
export function useFoundNames(text: string): readonly PaletteEntry[] {
  const t = useMessages(shellMessages)
  const query = text === '' ? undefined : { query: { search: text, limit } }
  const services = useOperation('services.list', query).data?.services ?? []
  const documents = useOperation('config.list', query).data?.documents ?? []
  if (text === '') return []
  return [
    ...services.map(({ name }) => ({
      key: `service-${name}`,
      title: name,
      kind: t.services,
      icon: 'services' as const,
      href: `/services/${encodeURIComponent(name)}`,
    })),
    ...documents.map(({ path }) => ({
      key: `document-${path}`,
      title: path,
      kind: t.configuration,
      icon: 'configuration' as const,
      href: `/configuration/${encodeURIComponent(path)}`,
    })),
  ]
}
