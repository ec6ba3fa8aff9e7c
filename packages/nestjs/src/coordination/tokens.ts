/** The token of a queue. */
export function queueToken(name: string): string {
  return `the queue ${name} (write WaypostCoordinationModule.forRoot({ queues: ['${name}'] }) in the imports of the root module)`
}

/** The token of who leads an election. */
export function leaderToken(name: string): string {
  return `the leader of ${name} (write WaypostCoordinationModule.forRoot({ leaders: ['${name}'] }) in the imports of the root module)`
}
