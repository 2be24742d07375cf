'use client'
import { Modal, type ModalProps } from '@mantine/core'
import { useEffect, useState } from 'react'

/** It arrives when it is to be open already, but remembers where the focus was only when it is seen to open. */
export function ModalNow({ opened, ...rest }: ModalProps) {
  const [shown, setShown] = useState(false)
  // oxlint-disable-next-line react/set-state-in-effect -- one drawing later is the point
  useEffect(() => setShown(opened), [opened])
  return <Modal opened={shown} {...rest} />
}
