'use client'
import { VisuallyHidden } from '@mantine/core'
import { useLiveStatus } from '../../apollo/live.ts'
import { count } from '../../ui/calendar.ts'
import { useNow } from '../../ui/instant.tsx'
import classes from './live-state.module.css'

/** Whether what is on the screen is what is true: always visible, in a word. */
export function LiveState() {
  const { state, since } = useLiveStatus()
  return state === 'live' ? (
    <State tone="good" word="Live" meaning="Changes by others appear here at once." />
  ) : state === 'connecting' ? (
    <State tone="quiet" word="Connecting" meaning="The live connection is being made." />
  ) : (
    <Behind state={state} since={since} />
  )
}

function Behind({ state, since }: { state: 'reconnecting' | 'offline'; since: number }) {
  const seconds = Math.max(0, Math.round((useNow(1_000) - since) / 1_000))
  const lag = seconds < 60 ? `${seconds} s behind` : `${Math.floor(seconds / 60)} min behind`
  const meaning = `What you see is ${count(seconds, 'second')} old. What was missed is caught up as soon as the connection is back.`
  if (state === 'offline') return <State tone="bad" word="Offline" beside={lag} meaning={`This device has no network. ${meaning}`} />
  return seconds < 5 ? (
    <State tone="wait" word="Reconnecting" meaning={meaning} />
  ) : (
    <State tone="wait" word={lag} beside="reconnecting" meaning={meaning} />
  )
}

function State({ tone, word, beside, meaning }: { tone: string; word: string; beside?: string; meaning: string }) {
  return (
    <>
      <span className={classes.state} data-tone={tone} data-testid="live-state" title={meaning}>
        <span className={classes.dot} aria-hidden />
        {/* On a phone a normal state is the dot alone; anything else keeps its word. */}
        <span className={classes.word} data-calm={tone === 'good' || tone === 'quiet' || undefined}>
          {word}
        </span>
        {beside !== undefined && <span className={classes.beside}>{beside}</span>}
      </span>
      {/* Told aloud when it changes, but not each second anew. */}
      <VisuallyHidden role="status">
        {tone === 'good' || tone === 'quiet' ? '' : tone === 'bad' ? 'Offline' : 'Reconnecting'}
      </VisuallyHidden>
    </>
  )
}
