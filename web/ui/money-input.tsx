'use client'
import { Text, TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { displayMoney, parseMoney, scaleOf } from 'schema/money'
import { readAmount, writeAmount } from './amount.ts'
import classes from './figures.module.css'
import { useReader } from './reader.tsx'

interface Props extends Omit<TextInputProps, 'value' | 'defaultValue' | 'onChange' | 'type'> {
  /** A decimal string as the API has it (`1234.50`), or what was typed where that is no amount: the form's rule then says why. */
  value?: string | undefined
  defaultValue?: string | undefined
  onChange?: (value: string) => void
  currency: string
}

/** A money field: takes the locale's separators, shows the currency, holds a decimal string and never a number. */
export function MoneyInput({ value, defaultValue, onChange, onBlur, onFocus, currency, ...rest }: Props) {
  const { locale } = useReader()
  const [own, setOwn] = useState(defaultValue ?? '')
  const [typed, setTyped] = useState<string>()
  const decimal = value ?? own
  const change = (next: string): void => {
    setOwn(next)
    onChange?.(next)
  }
  return (
    <TextInput
      inputMode="decimal"
      autoComplete="off"
      classNames={{ input: classes.figure ?? '' }}
      styles={{ input: { textAlign: 'right' } }}
      rightSection={
        <Text component="span" size="sm" c="dimmed" aria-hidden>
          {currency}
        </Text>
      }
      rightSectionWidth={52}
      rightSectionPointerEvents="none"
      placeholder={placeholder(currency, locale)}
      {...rest}
      value={typed ?? writeAmount(decimal, currency, locale)}
      onFocus={(event) => {
        setTyped(event.currentTarget.value)
        // A suggested amount is typed over, not added to.
        event.currentTarget.select()
        onFocus?.(event)
      }}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        change(readAmount(event.currentTarget.value, locale))
      }}
      onBlur={(event) => {
        // What was understood is written out, so that a reader sees what `1.234` was taken for.
        setTyped(undefined)
        if (isAmount(decimal, currency)) change(padded(decimal, currency))
        onBlur?.(event)
      }}
    />
  )
}

function isAmount(decimal: string, currency: string): boolean {
  try {
    parseMoney(decimal, currency, 'negative')
    return true
  } catch {
    return false
  }
}

function padded(decimal: string, currency: string): string {
  const scale = scaleOf(currency)
  const [whole = '', decimals = ''] = decimal.split('.')
  return scale === 0 ? whole : `${whole}.${decimals.padEnd(scale, '0')}`
}

function placeholder(currency: string, locale: string): string {
  return displayMoney('0', currency, locale).replaceAll(/[^\d.,٫]/g, '')
}
