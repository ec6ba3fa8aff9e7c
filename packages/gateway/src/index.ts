export { type Problem, problemBody, problemType } from './proxy/problem.ts'
