import { z } from 'zod'
import { isCurrency, MoneyError, type MoneySign, parseMoney } from './money.ts'

/** A zod rule for an amount string of the wire in this currency; the value stays a string, for parseMoney to read. */
export function moneyRule(currency: string, sign: MoneySign = 'positive') {
  return z.string({ error: 'Enter an amount.' }).superRefine((text, context) => {
    try {
      parseMoney(text, currency, sign)
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error
      context.addIssue({ code: 'custom', message: error.message, params: { code: error.code } })
    }
  })
}

/**
 * A zod rule for an amount string whose currency isn't known yet: it refuses what no currency allows, and leaves the number of decimals
 * to parseMoney. `what` begins the messages ("The amount").
 */
export function amountText(what: string, sign: 'positive' | 'zero' = 'positive') {
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,15})(\.\d{1,4})?$/, `${what} must be a number such as 1250.50`)
    .refine((text) => sign === 'zero' || /[1-9]/.test(text), `${what} must be more than zero`)
}

/** A zod rule for a currency code. */
export const currencyRule = z.string({ error: 'Choose a currency.' }).refine(isCurrency, 'Choose a currency code such as EUR, USD or JPY.')
