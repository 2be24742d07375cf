/** The product's mark: what is owed, coming down to a line. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden style={{ flex: 'none', color: 'var(--mantine-primary-color-filled)' }}>
      <rect width="24" height="24" rx="6.5" fill="currentColor" />
      <path d="M7 6.5v7M12 6.5v4M17 6.5v2M6 17.5h12" stroke="#fff" strokeWidth="2" strokeLinecap="round" fill="none" />
    </svg>
  )
}
