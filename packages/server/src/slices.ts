export { atOnce, Slices, type SlicesOptions } from '@waypost/core'
