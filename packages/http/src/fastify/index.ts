export { type WaypostPluginOptions, waypostPlugin } from './waypost-plugin.ts'
