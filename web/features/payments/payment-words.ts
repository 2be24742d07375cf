import type { PaymentMethod, PaymentSource } from 'schema/payment'

export const methodWords = {
  BANK_TRANSFER: 'Bank transfer',
  CARD: 'Card',
  CASH: 'Cash',
  CHEQUE: 'Cheque',
  DIRECT_DEBIT: 'Direct debit',
  OTHER: 'Other',
  IMPORTED: 'Imported',
} as const satisfies Record<PaymentMethod, string>

export const sourceWords = { STAFF: 'Staff', PARTNER: 'Partner', IMPORT: 'Import' } as const satisfies Record<PaymentSource, string>
