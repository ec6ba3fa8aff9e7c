export function builtVersion(): string
export function builtDirectory(): string
