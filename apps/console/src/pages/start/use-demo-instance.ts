import { useEffect, useState } from 'react'
import { call, type ResultOf } from '../../api/call.ts'

export const demoService = 'hello'

type Registered = ResultOf<'names.registerUnnamed'>

/** An instance that lives as long as the page: it beats by itself, and is gone when the page is left. */
export function useDemoInstance() {
  const [registered, setRegistered] = useState<Registered>()
  const [error, setError] = useState<unknown>()
  const session = registered?.session
  const ttlSeconds = registered?.ttlSeconds ?? 15
  useEffect(() => {
    if (session === undefined) return
    const beat = setInterval(
      () => void call('names.heartbeat', { params: { session } }).catch(setError),
      (ttlSeconds * 1_000) / 3,
    )
    return () => {
      clearInterval(beat)
      void call('names.endSession', { params: { session } }).catch(() => undefined)
    }
  }, [session, ttlSeconds])
  const register = async (): Promise<void> => {
    setError(undefined)
    try {
      const body = { host: '127.0.0.1', port: 3000, metadata: { from: 'the console' } }
      setRegistered(await call('names.registerUnnamed', { params: { name: demoService }, body }))
    } catch (thrown) {
      setError(thrown)
    }
  }
  return { registered, error, register, leave: () => setRegistered(undefined) }
}
