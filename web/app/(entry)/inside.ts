/** Where to go after signing in: a path of this site, never an address that a link smuggled in (`//evil.example`, `/\evil.example`). */
export function inside(next: string | string[] | undefined): string {
  const path = Array.isArray(next) ? next[0] : next
  return path !== undefined && /^\/(?![/\\])/.test(path) && !/[\u0000-\u001f\\]/.test(path) ? path : '/'
}
