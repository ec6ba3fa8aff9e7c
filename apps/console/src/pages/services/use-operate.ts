import type { InputOf } from '../../api/call.ts'
import { useChange } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useMessages } from '../../i18n/language.ts'
import { notify } from '../../ui/toasts.tsx'
import { servicesMessages } from './messages.ts'

type Change = InputOf<'services.operate'>['body']

/** What operators say of instances, with a way back. `lacks` is the permission that the user has not. */
export function useOperate(service: string) {
  const t = useMessages(servicesMessages)
  const lacks = useLacks('write', `/waypost/services/overrides/${service}/`)
  const change = useChange('services.operate')
  const said = (id: string, body: Change): string => {
    if (body.action === 'drain') return t.drained(id)
    if (body.action === 'disable') return t.disabled(id)
    if (body.action === 'enable') return t.enabled(id)
    return body.weight === undefined ? t.weightReset(id) : t.weightSet(id, body.weight)
  }
  /** Resolves with the revision from which on followers see it; `undefined` when it failed, which is shown. */
  const operate = async (id: string, body: Change, undo?: Change): Promise<string | undefined> => {
    try {
      const { revision } = await change.mutateAsync({ params: { name: service, id }, body })
      notify(said(id, body), undo === undefined ? {} : { onUndo: () => void operate(id, undo) })
      return revision
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error), { tone: 'bad' })
      return undefined
    }
  }
  return { operate, lacks, isBusy: change.isPending }
}
