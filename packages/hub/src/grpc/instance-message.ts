import { invalidArgument, quoted } from '@waypost/core'
import type { Instance, RegisterOptions, RegistrationUpdate } from '@waypost/registry'
import type { Change, Instance as InstanceMessage, Registration } from './generated/names.ts'

export function instanceMessage(instance: Instance): InstanceMessage {
  const { service, id, host, port, weight, status, tags, metadata, revision } = instance
  const { scheme = '', version = '', zone = '' } = instance
  const metadataJson = Object.keys(metadata).length === 0 ? '' : JSON.stringify(metadata)
  return { service, id, host, port, scheme, version, zone, weight, status, tags: [...tags], metadataJson, revision }
}

/** What a message does not say is empty in it. Throws `invalid-argument`. */
export function registerOptions(message: Registration, defaultId: string): RegisterOptions {
  const { service, id, host, port, scheme, version, zone, weight, tags, metadataJson } = message
  if (host === '') throw invalidArgument('The host is missing: the hub does not know where the instance is reached.')
  return {
    service,
    id: id || defaultId,
    host,
    port,
    scheme: scheme || undefined,
    version: version || undefined,
    zone: zone || undefined,
    weight,
    status: statusOf(message.status),
    tags: tags.length > 0 ? tags : undefined,
    metadata: metadataOf(metadataJson),
  }
}

/** Throws `invalid-argument`. */
export function registrationUpdate({ version, zone, weight, status, metadataJson }: Change): RegistrationUpdate {
  return {
    ...(version === undefined ? {} : { version: version || undefined }),
    ...(zone === undefined ? {} : { zone: zone || undefined }),
    ...(weight === undefined ? {} : { weight }),
    ...(status === undefined ? {} : { status: statusOf(status) }),
    ...(metadataJson === undefined ? {} : { metadata: metadataOf(metadataJson) }),
  }
}

function statusOf(status: string): 'starting' | 'up' | undefined {
  if (status === '' || status === 'up' || status === 'starting') return status || undefined
  throw invalidArgument(`The status must be starting or up, not ${quoted(status)}.`)
}

function metadataOf(json: string): Record<string, unknown> | undefined {
  if (json === '') return undefined
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below.
  }
  throw invalidArgument(`The metadata must be a JSON object, not ${quoted(json)}.`)
}
