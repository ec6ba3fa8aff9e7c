/**
 * What a process reports about itself. `starting`: present, but not ready for traffic, or unhealthy by its own check.
 * `up`: ready. `leaving`: shutting down deliberately; send it nothing new.
 */
export type RegisteredStatus = 'starting' | 'up' | 'leaving'

/** What consumers act on. Only an operator sets `disabled`. Only `up` takes new traffic. */
export type InstanceStatus = RegisteredStatus | 'disabled'
