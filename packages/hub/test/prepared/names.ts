import type { Preparations } from './prepare.ts'

export const names: Preparations = {}
