'use client'
import { createTheme, type MantineColorsTuple, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'

// The one accent: a blue with enough depth for white text (5.6 : 1 at shade 6) and, lifted, for dark grounds.
const accent: MantineColorsTuple = [
  '#eef3fd',
  '#dbe5f9',
  '#b3c8f2',
  '#88a9ec',
  '#648ee6',
  '#4a7ce0',
  '#2f62cf',
  '#2553b5',
  '#1d4699',
  '#12357c',
]
// Mantine's red is too light for white text: 3.3 : 1 where 4.5 is needed. This one has 5.7 at shade 6.
const red: MantineColorsTuple = [
  '#fdeceb',
  '#fad6d3',
  '#f4aaa4',
  '#ff9c92',
  '#e2574b',
  '#d13d30',
  '#c02f22',
  '#b42318',
  '#961c13',
  '#78150e',
]
// Neutral greys with a trace of blue; Mantine's own are warmer and lower in contrast on dark grounds.
const dark: MantineColorsTuple = [
  '#d5d9e0',
  '#b3bac5',
  '#98a0ad',
  '#646b78',
  '#3e434c',
  '#2d3036',
  '#23262b',
  '#1a1c20',
  '#16181b',
  '#121316',
]

const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 6 },
  colors: { accent, dark, red },
  fontFamily: "'Inter Variable', -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  fontSizes: { xs: '0.75rem', sm: '0.84375rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.25' },
      h2: { fontSize: '1.375rem', lineHeight: '1.3' },
      h3: { fontSize: '1.125rem', lineHeight: '1.35' },
      h4: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  components: {
    InputWrapper: {
      styles: {
        label: { marginBottom: 4, fontWeight: 550 },
        description: { marginBottom: 6, fontSize: '0.78125rem' },
        error: { fontSize: '0.78125rem' },
      },
    },
    Button: { styles: { label: { fontWeight: 550 } } },
    // The head of a dialog is no banner of the page, and its close button needs a name.
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps: { 'aria-label': 'Close' },
        attributes: { header: { role: 'presentation' } },
      },
      styles: { title: { fontWeight: 600, fontSize: '1.0625rem' } },
    },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, attributes: { header: { role: 'presentation' } } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: true } } },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false } },
  },
})

/** The look of everything, and where toasts appear. */
export function Theme({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={3} />
      {children}
    </MantineProvider>
  )
}
