export { Histogram } from './histogram.ts'
export { head, type Labels, metricText, type Sample } from './metric-text.ts'
