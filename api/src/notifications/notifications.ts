export const notificationTypes = ['PAYMENT_RECEIVED', 'PAYMENT_FAILED', 'PAYMENT_REVERSED', 'PAYMENT_OVERDUE', 'CUSTOMER_ADDED', 'IMPORT_FINISHED', 'ACCOUNT_WAITS'] as const
export type NotificationType = (typeof notificationTypes)[number]
