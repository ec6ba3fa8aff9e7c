import type { Registration, RegistrationEvent } from '@waypost/registry'
import { formatAddress } from '../../command-line/address.ts'
import { terminal } from '../../terminal/terminal.ts'

/** Says on standard error what is registered, and from then on what happens to it. */
export function announce(registration: Registration): void {
  const { service, id, host, port } = registration.record
  terminal.writeError(`Registered ${service}/${id} at ${formatAddress({ host, port })}.\n`)
  registration.onEvent((event) => {
    terminal.writeError(`${sentence(event)}\n`)
  })
}

function sentence(event: RegistrationEvent): string {
  switch (event.type) {
    case 'registered':
      return 'Registered.'
    case 'lost':
      return `The record is gone (${event.reason}): putting it back.`
    case 'restored':
      return 'The record is back.'
    case 'restore-failed':
      return `The record cannot be put back yet: ${event.error.message} Trying again.`
    case 'superseded':
      return `Another process${event.holder ? ` at ${event.holder.address}` : ''} has this id now: this one gives way.`
    case 'health':
      return event.healthy ? 'The instance is healthy.' : `The instance is not healthy: ${event.error?.message ?? ''}`
    case 'left':
      return 'Deregistered.'
  }
}
