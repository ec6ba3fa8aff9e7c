import '@fontsource-variable/inter/wght.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { followChanges, queryClient } from './api/live-queries.ts'
import { router } from './app/router.tsx'
import { readSessionAhead } from './app/session.ts'
import { SessionGate } from './app/session-gate.tsx'
import './theme/tokens.css'
import './theme/base.css'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no element with the id root.')

readSessionAhead()
followChanges()
// The code and the data of the page come while the hub says who is logged in.
void router.load()
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <SessionGate>
        <RouterProvider router={router} />
      </SessionGate>
    </QueryClientProvider>
  </StrictMode>,
)
