'use client'
import { ApolloProvider } from '@apollo/client/react'
import { type ReactNode, useState } from 'react'
import { makeClient } from './client.ts'

/** One client for the life of the tab. */
export function Apollo({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient)
  return <ApolloProvider client={client}>{children}</ApolloProvider>
}
