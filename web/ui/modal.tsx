'use client'
import type { ModalProps } from '@mantine/core'
import dynamic from 'next/dynamic'
import { useState } from 'react'

const ModalNow = dynamic(() => import('./modal-now.tsx').then((file) => file.ModalNow), { ssr: false })

/** Mantine's Modal, fetched when one is opened for the first time: no list needs it to be shown. */
export function Modal(props: ModalProps) {
  const [wanted, setWanted] = useState(props.opened)
  if (props.opened && !wanted) setWanted(true)
  return wanted ? <ModalNow {...props} /> : null
}
