/** Fulfils when the instance is healthy. Rejects with the reason when it is not. */
export type Check = (signal: AbortSignal) => unknown
