import { ImportStart } from '../../../features/imports/import-start.tsx'

export default function Page() {
  return <ImportStart />
}
