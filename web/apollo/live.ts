'use client'
import { createContext, use, useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react'
import type { LiveEventsSubscription, LiveNotificationsSubscription } from '../gql.ts'

export type LiveEvent = LiveEventsSubscription['events']
export type LiveNotification = LiveNotificationsSubscription['notifications']

/** How the live connection stands: `live`, on its way, or without a network. `since` is when it was last live. */
export interface LiveStatus {
  readonly state: 'connecting' | 'live' | 'reconnecting' | 'offline'
  readonly since: number
}

export interface Live {
  readonly status: () => LiveStatus
  readonly onStatus: (listen: () => void) => () => void
  /** Each event once, in order, after the cache has taken in the things it carries. */
  readonly onEvent: (listen: (event: LiveEvent) => void) => () => void
  readonly onNotification: (listen: (notification: LiveNotification) => void) => () => void
  /** Something was missed for good (the log no longer has it): every active query has been asked again. */
  readonly onReset: (listen: () => void) => () => void
}

export const LiveContext = createContext<Live | undefined>(undefined)

// A screen outside the shell (a test, say) simply hears nothing.
const silent: Live = {
  status: () => stillConnecting,
  onStatus: () => () => {},
  onEvent: () => () => {},
  onNotification: () => () => {},
  onReset: () => () => {},
}
const stillConnecting: LiveStatus = { state: 'connecting', since: 0 }

export function useLive(): Live {
  return use(LiveContext) ?? silent
}

export function useLiveStatus(): LiveStatus {
  const live = useLive()
  return useSyncExternalStore(live.onStatus, live.status, () => stillConnecting)
}

/** Calls `listen` with each live event while the component is on screen. */
export function useLiveEvents(listen: (event: LiveEvent) => void): void {
  const live = useLive()
  const latest = useEffectEvent(listen)
  useEffect(() => live.onEvent((event) => latest(event)), [live])
}

/** Calls `listen` with each live notification while the component is on screen. */
export function useLiveNotifications(listen: (notification: LiveNotification) => void): void {
  const live = useLive()
  const latest = useEffectEvent(listen)
  useEffect(() => live.onNotification((notification) => latest(notification)), [live])
}

/**
 * For a list that can't place what is new: how many different things have changed since `seen` was called, by those events that
 * `concerns` answers with a key (a customer's id, say). Show it as “3 changed: show”, refetch on click and call `seen`.
 */
export function useChanged(concerns: (event: LiveEvent) => string | undefined): { count: number; seen: () => void } {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set())
  useLiveEvents((event) => {
    const key = concerns(event)
    if (key !== undefined) setKeys((before) => (before.has(key) ? before : new Set(before).add(key)))
  })
  const live = useLive()
  const seen = (): void => setKeys(new Set())
  const forget = useEffectEvent(seen)
  useEffect(() => live.onReset(() => forget()), [live])
  return { count: keys.size, seen }
}
