import type { Operation } from '../../operation/operation.ts'
import { envoyEndpoints } from './envoy-endpoints.ts'
import { prometheusTargets } from './prometheus-targets.ts'
import { traefikConfiguration } from './traefik-configuration.ts'

/** What other programs read services from, in their own forms. */
export const discoveryOperations: readonly Operation[] = [prometheusTargets, traefikConfiguration, envoyEndpoints]
