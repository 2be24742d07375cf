'use client'
import { ActionIcon, Button, Group, Input, Stack, Textarea, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { IconAt, IconMapPin, IconPhone, IconPlus, IconX } from '@tabler/icons-react'
import { type ContactKind, contactKinds } from 'schema/customer'
import classes from './contact-fields.module.css'
import { type ContactDraft, contactWords } from './contacts.ts'

const icons = { EMAIL: IconAt, PHONE: IconPhone, ADDRESS: IconMapPin } as const satisfies Record<ContactKind, unknown>

/** As many e-mail addresses, phone numbers and postal addresses as somebody has, up to the twenty that the server takes. */
export function ContactFields({
  drafts,
  inputProps,
  error,
  onAdd,
  onRemove,
}: {
  drafts: readonly ContactDraft[]
  inputProps: (path: `contacts.${number}.value`) => GetInputPropsReturnType
  /** What is wrong with the contacts as a whole. */
  error?: string | undefined
  onAdd: (kind: ContactKind) => void
  onRemove: (place: number) => void
}) {
  const seen = { EMAIL: 0, PHONE: 0, ADDRESS: 0 }
  return (
    <Stack gap="xs" role="group" aria-label="Contacts">
      {drafts.map(({ kind, value }, place) => {
        seen[kind] += 1
        const label = seen[kind] === 1 ? contactWords[kind] : `${contactWords[kind]} ${seen[kind]}`
        const Icon = icons[kind]
        const shared = {
          label,
          leftSection: <Icon size={16} aria-hidden />,
          rightSection: (
            <ActionIcon variant="subtle" color="gray" aria-label={`Remove contact ${value}`.trim()} onClick={() => onRemove(place)}>
              <IconX size={14} aria-hidden />
            </ActionIcon>
          ),
          ...inputProps(`contacts.${place}.value`),
        }
        return kind === 'ADDRESS' ? (
          <Textarea
            key={place}
            autosize
            minRows={2}
            maxRows={6}
            autoComplete="off"
            leftSectionProps={{ className: classes.top ?? '' }}
            rightSectionProps={{ className: classes.top ?? '' }}
            {...shared}
          />
        ) : (
          <TextInput
            key={place}
            type={kind === 'EMAIL' ? 'email' : 'tel'}
            inputMode={kind === 'EMAIL' ? 'email' : 'tel'}
            autoComplete="off"
            {...shared}
          />
        )
      })}
      {error !== undefined && <Input.Error>{error}</Input.Error>}
      {drafts.length < 20 && (
        <Group gap="xs">
          {contactKinds.map((kind) => (
            <Button
              key={kind}
              variant="subtle"
              size="compact-sm"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => onAdd(kind)}
            >
              {contactWords[kind]}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  )
}
