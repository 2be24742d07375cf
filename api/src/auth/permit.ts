import type { Access } from 'schema/permissions'
import type { Viewer } from '../context.ts'
import { DomainError } from '../errors.ts'

/** Lets pass whom schema/permissions.ts allows the operation. @throws DomainError UNAUTHENTICATED, WAITING or FORBIDDEN */
export function permit(viewer: Viewer, access: Access): void {
  if (access === 'anyone' || viewer.kind === 'system') return
  if (viewer.kind === 'nobody') throw new DomainError('UNAUTHENTICATED')
  if (access === 'signed-in') return
  if (viewer.waiting) throw new DomainError('WAITING')
  if (!access.includes(viewer.role)) throw new DomainError('FORBIDDEN')
}
