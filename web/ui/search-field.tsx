'use client'
import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'

/** The text filter of a list: `/` goes to it (shell.tsx), what is typed is searched for after a short rest, Enter at once, Escape empties it. */
export function SearchField({
  label,
  placeholder,
  value,
  onSearch,
}: {
  label: string
  placeholder: string
  value: string
  onSearch: (text: string) => void
}) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  const search = (next: string): void => {
    sent.current = next.trim()
    onSearch(next.trim())
  }
  const later = useDebouncedCallback(search, 250)
  const now = (next: string): void => {
    later.cancel()
    setText(next)
    search(next)
  }
  // The back button changes the address under the field; its own searches coming back must not undo what was typed since.
  useEffect(() => {
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])
  return (
    <TextInput
      data-filter
      type="search"
      role="searchbox"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={placeholder}
      value={text}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text === '' ? (
          <Kbd size="xs" aria-hidden visibleFrom="sm">
            /
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label="Clear the search" onClick={() => now('')} />
        )
      }
      onChange={(event) => {
        setText(event.currentTarget.value)
        later(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') now(text)
        else if (event.key === 'Escape' && text !== '') now('')
      }}
    />
  )
}
