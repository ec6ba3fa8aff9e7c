export { atOnce, Slices } from '@waypost/core'
