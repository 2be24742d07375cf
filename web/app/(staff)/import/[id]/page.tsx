import { ImportScreen } from '../../../../features/imports/import-screen.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <ImportScreen key={id} id={id} />
}
