import { QueryClientProvider } from '@tanstack/react-query'
import type { QueryClient } from '@tanstack/react-query'
import { useSession } from 'unexpired/react'

import type { BackEnd } from './back-end.js'
import { Dashboard } from './dashboard.js'
import { SignIn } from './sign-in.js'

export interface AppProps {
  readonly backEnd: BackEnd
  readonly queryClient: QueryClient
}

export function App({ backEnd, queryClient }: AppProps) {
  const { status, sessionId } = useSession(backEnd.session)
  if (status === 'restoring') return <p className="moment">One moment…</p>
  if (status === 'signed-out') return <SignIn backEnd={backEnd} />
  return (
    <QueryClientProvider client={queryClient}>
      {/* Nothing that one user typed or opened is there for the next. */}
      <Dashboard key={sessionId} backEnd={backEnd} />
    </QueryClientProvider>
  )
}
