'use client'
import { Group, Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import '@mantine/dropzone/styles.layer.css'
import { IconFileSpreadsheet, IconUpload } from '@tabler/icons-react'
import classes from './imports.module.css'

/**
 * Takes one file by dropping, choosing or pressing Enter. It filters nothing: browsers disagree on the type of a CSV, and a file that
 * can't be taken deserves the reason and the way out rather than silence.
 */
export function FileDrop({ onFile, label = 'Choose an Excel or CSV file' }: { onFile: (file: File) => void; label?: string }) {
  return (
    <Dropzone
      multiple={false}
      className={classes.drop ?? ''}
      aria-label={label}
      inputProps={{ 'aria-label': label }}
      onDrop={([file]) => {
        if (file !== undefined) onFile(file)
      }}
    >
      <div className={classes.dropInner}>
        <span className={classes.dropIcon} aria-hidden>
          <Dropzone.Accept>
            <IconUpload size={26} stroke={1.6} />
          </Dropzone.Accept>
          <Dropzone.Idle>
            <IconFileSpreadsheet size={26} stroke={1.6} />
          </Dropzone.Idle>
        </span>
        <Text fw={600}>Drop a file here</Text>
        <Group gap={4} justify="center">
          <Text size="sm" c="dimmed">
            or
          </Text>
          <Text size="sm" className={classes.choose ?? ''}>
            choose one from this device
          </Text>
        </Group>
      </div>
    </Dropzone>
  )
}
