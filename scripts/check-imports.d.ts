import type { Layer } from './layers.js'

export function importProblems(directory: string, table: Record<string, Layer>): string[]
