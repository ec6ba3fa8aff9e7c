export { resolveBalance } from './balance-options.ts'
export type { Balancer } from './balancer.ts'
export { LoadBalancer } from './load-balancer.ts'
export { RetryBudget, type RetryBudgetOptions } from './retry-budget.ts'
