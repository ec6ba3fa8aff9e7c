import { expect, it } from 'vitest'
import { InputBudget } from './input-budget.ts'

it('refuses what one client holds beyond its share, and takes bytes back', () => {
  const account = new InputBudget({ maxBytes: 100, maxClientBytes: 10 }).open(() => {})
  expect(account.add(10)).toBe(true)
  expect(account.add(1)).toBe(false)
  expect(account.add(-11)).toBe(true)
  expect(account.add(10)).toBe(true)
})

it('cuts off who holds most when all together hold too much, and nobody else', () => {
  const budget = new InputBudget({ maxBytes: 100, maxClientBytes: 90 })
  const cut: string[] = []
  const open = (name: string) => {
    const account = budget.open(() => {
      cut.push(name)
      account.close()
    })
    return account
  }
  const small = open('small')
  small.add(20)
  open('large').add(70)
  expect(small.add(20)).toBe(true)
  expect(cut).toEqual(['large'])
  expect(budget.heldBytes).toBe(40)
})

it('counts nothing of a client that is gone', () => {
  const budget = new InputBudget()
  const account = budget.open(() => {})
  account.add(50)
  account.close()
  account.close()
  expect(budget.heldBytes).toBe(0)
})
