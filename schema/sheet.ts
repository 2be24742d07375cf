import { z } from 'zod'
import { contactInput, customerName, customerNumber, type ContactKind } from './customer.ts'
import { dueReference } from './due.ts'
import { isCurrency } from './money.ts'
import { isDay } from './day.ts'
import { paragraph } from './text.ts'

/** The columns of the Excel file, in the order in which template and export write them. */
export const sheetColumns = [
  'number',
  'name',
  'email',
  'phone',
  'address',
  'reference',
  'amount',
  'currency',
  'issuedOn',
  'dueDate',
  'paidOn',
  'note',
] as const
export type SheetColumn = (typeof sheetColumns)[number]

/** The columns that hold a calendar day. */
export const dateColumns = ['issuedOn', 'dueDate', 'paidOn'] as const satisfies readonly SheetColumn[]
export type DateColumn = (typeof dateColumns)[number]

/** What a header can mean: a column, a part of the name, or something that export writes and import leaves alone. */
export type SheetHeading = SheetColumn | 'firstName' | 'lastName' | 'outstanding' | 'status'

/** What became of a row of the file when it was checked. `changed` and `same` need the books, the others only the file. */
export const rowStatuses = ['new', 'changed', 'same', 'wrong', 'duplicate', 'asked', 'skipped'] as const
export type RowStatus = (typeof rowStatuses)[number]

/** What is wrong with one cell, or with the whole row where `column` is null. */
export interface SheetFault {
  readonly column: SheetColumn | null
  readonly code: string
  readonly message: string
}

/** The checked cells of a row: money as a decimal string of its currency, days as YYYY-MM-DD; an empty cell is absent. */
export type RowValues = Partial<Record<SheetColumn, string>>

interface Column {
  /** What the template and the export write in the first row. */
  readonly header: string
  /** What the comment at the header says. */
  readonly about: string
  readonly example: string
  /** Checks the text of a cell that is not empty, and gives it the form it is kept in. Amounts have their own reader. */
  readonly rule: z.ZodType<string, string>
}

const contact = (kind: ContactKind) =>
  z.string().transform((value, context) => {
    const rule = contactInput.safeParse({ kind, value })
    if (rule.success) return rule.data.value
    context.addIssue({ code: 'custom', message: rule.error.issues[0]?.message ?? 'This contact is not valid' })
    return z.NEVER
  })

const dayRule = z.string().refine(isDay, 'This is not a day of the calendar')

export const sheet: Readonly<Record<SheetColumn, Column>> = {
  number: {
    header: 'Number',
    about: 'The number of the customer. Leave it empty for a new customer and the next free number is given.',
    example: 'C-10001',
    rule: customerNumber,
  },
  name: {
    header: 'Name',
    about: 'The name of the customer, at most 200 characters. Needed for a new customer.',
    example: 'Miller & Sons',
    rule: customerName,
  },
  email: { header: 'E-mail', about: 'The e-mail address of the customer.', example: 'office@miller.example', rule: contact('EMAIL') },
  phone: {
    header: 'Phone',
    about: 'The phone number, best with + and the country code. The column is text, so that leading zeros stay.',
    example: '+44 20 7946 0000',
    rule: contact('PHONE'),
  },
  address: {
    header: 'Address',
    about: 'The postal address, in one or several lines.',
    example: '1 High Street, London',
    rule: contact('ADDRESS'),
  },
  reference: {
    header: 'Reference',
    about: 'What names the amount owed, such as the invoice number. Each customer has a reference once; empty: the next one is given.',
    example: 'INV-2026-001',
    rule: dueReference,
  },
  amount: {
    header: 'Amount',
    about: 'The full amount of the invoice, not what is left of it. Empty or 0: the row is about the customer only.',
    example: '1250.00',
    rule: z.string(),
  },
  currency: {
    header: 'Currency',
    about: 'Three letters such as EUR. Empty: the currency of the customer, else of the company.',
    example: 'EUR',
    rule: z
      .string()
      .transform((text) => text.toUpperCase())
      .refine(isCurrency, 'This is not a currency; write three letters such as EUR'),
  },
  issuedOn: { header: 'Issued on', about: 'The day of the invoice.', example: '2026-01-15', rule: dayRule },
  dueDate: {
    header: 'Due date',
    about: 'The day by which it has to be paid. Empty: the day of the invoice plus the payment terms of the company.',
    example: '2026-02-14',
    rule: dayRule,
  },
  paidOn: {
    header: 'Paid on',
    about: 'The day on which the whole amount was paid, today at the latest. Empty: it is still open.',
    example: '',
    rule: dayRule,
  },
  note: {
    header: 'Note',
    about: 'Anything worth knowing about the customer, at most 2000 characters.',
    example: 'Pays by bank transfer',
    rule: paragraph('The note', 2000).transform((text) => text ?? ''),
  },
}

/**
 * What others write above these columns, the surest first: when two headers of a file claim one column, the earlier synonym wins.
 * In each line: English, German, French, Spanish, Italian, Dutch, Portuguese. A bare "ID", "No." or "Nr." is left out on purpose: it may as
 * well count the invoices, and would then give each of them a customer of its own.
 */
const synonyms: Readonly<Record<SheetHeading, string>> = {
  number:
    'number; customer number; customer no; customer nr; customer id; cust id; cust no; customer code; customer ref; customer reference; account number; account no; ' +
    'account id; account code; client number; client no; client id; client code; debtor number; debtor no; debtor id; customer account; account; ' +
    'kundennummer; kundennr; kunden nr; kunden id; kundencode; kundenkonto; kd nr; kd nummer; debitorennummer; debitorennr; debitor nr; debitornummer; debitorenkonto; debitor; ' +
    'numéro client; numéro de client; numéro du client; n° client; no client; n° de client; code client; réf client; référence client; identifiant client; id client; compte client; ' +
    'número de cliente; número cliente; nº cliente; nº de cliente; n.º de cliente; núm cliente; código de cliente; código cliente; id cliente; id de cliente; ' +
    'numero cliente; n cliente; nr cliente; codice cliente; cod cliente; id del cliente; ' +
    'klantnummer; klantnr; klant nr; klantcode; klant id; debiteurnummer; debiteurennummer; debiteurnr; ' +
    'número do cliente; nº do cliente; código do cliente; id do cliente',
  name:
    'name; customer name; company name; client name; full name; debtor name; account name; business name; organisation; organization; company; customer; client; debtor; bill to; ' +
    'kundenname; name des kunden; kunde; firma; firmenname; debitorname; unternehmen; ' +
    'nom du client; nom client; nom complet; raison sociale; nom; société; entreprise; ' +
    'nombre del cliente; nombre cliente; nombre completo; razón social; nombre; cliente; empresa; ' +
    'nome cliente; nome del cliente; ragione sociale; nominativo; denominazione; nome; azienda; ' +
    'klantnaam; naam klant; bedrijfsnaam; naam; klant; bedrijf; debiteur; ' +
    'nome do cliente; nome completo; razão social',
  firstName:
    'first name; given name; forename; vorname; prénom; nombre de pila; nome proprio; nome di battesimo; voornaam; primeiro nome; nome próprio',
  lastName:
    'last name; surname; family name; nachname; familienname; zuname; nom de famille; apellidos; apellido; primer apellido; cognome; achternaam; familienaam; sobrenome; apelido; último nome',
  email:
    'e-mail; email address; customer email; contact email; client email; billing email; mail; mail address; e-mail-adresse; mailadresse; email kunde; ' +
    'courriel; adresse e-mail; adresse email; adresse mail; adresse électronique; mél; correo electrónico; correo; dirección de correo; dirección de correo electrónico; ' +
    'posta elettronica; indirizzo e-mail; indirizzo di posta elettronica; e-mailadres; mailadres; endereço de e-mail; correio eletrónico; correio eletrônico',
  phone:
    'phone; phone number; phone no; telephone; telephone number; customer phone; contact phone; contact number; tel; tel no; mobile; mobile number; mobile phone; cell; cell phone; ' +
    'telefon; telefonnummer; telefonnr; tel nr; rufnummer; mobil; mobiltelefon; mobilnummer; handy; handynummer; ' +
    'téléphone; tél; numéro de téléphone; n° de téléphone; portable; teléfono; número de teléfono; móvil; celular; ' +
    'telefono; numero di telefono; recapito telefonico; cellulare; telefoon; telefoonnummer; telefoonnr; mobiel; telefone; número de telefone; telemóvel',
  address:
    'address; postal address; billing address; mailing address; street address; customer address; full address; adresse; anschrift; postanschrift; rechnungsadresse; rechnungsanschrift; kundenadresse; ' +
    'adresse postale; adresse de facturation; adresse complète; dirección; dirección postal; dirección de facturación; domicilio; ' +
    'indirizzo; indirizzo di fatturazione; adres; postadres; factuuradres; endereço; endereço de cobrança; morada',
  reference:
    'reference; reference number; reference no; invoice number; invoice no; invoice nr; invoice id; invoice #; invoice ref; invoice reference; due id; due reference; inv no; inv number; inv #; ' +
    'document number; document no; doc no; doc number; bill number; bill no; invoice; bill; document; voucher; ref; ref no; ' +
    'rechnungsnummer; rechnungsnr; rechnungs nr; rechnung nr; rechnungs id; rg nr; re nr; belegnummer; belegnr; beleg nr; rechnung; beleg; referenz; referenznummer; ' +
    'numéro de facture; numéro facture; numéro de la facture; n° facture; n° de facture; no facture; no de facture; facture; référence; référence facture; réf; n° pièce; pièce; ' +
    'número de factura; número factura; nº factura; nº de factura; n.º de factura; núm factura; factura; referencia; ' +
    'numero fattura; numero della fattura; n fattura; nr fattura; fattura; riferimento; factuurnummer; factuurnr; factuur nr; factuur; referentie; kenmerk; ' +
    'número da fatura; nº da fatura; nº fatura; número da factura; fatura; referência; nota fiscal',
  amount:
    'amount; invoice amount; amount invoiced; total amount; gross amount; invoice total; invoice value; total; gross; amount due; total due; open amount; balance due; ' +
    'rechnungsbetrag; betrag; bruttobetrag; betrag brutto; gesamtbetrag; rechnungssumme; forderungsbetrag; forderung; gesamtsumme; summe; brutto; offener betrag; ' +
    'montant; montant ttc; montant facture; montant de la facture; montant total; total ttc; montant dû; importe; importe total; importe factura; importe de la factura; monto; monto total; ' +
    'importo; importo fattura; importo totale; totale; totale fattura; importo dovuto; bedrag; factuurbedrag; totaalbedrag; totaal; valor; valor total; valor da fatura; montante; quantia',
  currency:
    'currency; currency code; invoice currency; curr; ccy; währung; währungscode; devise; monnaie; moneda; divisa; valuta; munteenheid; moeda',
  issuedOn:
    'issued on; invoice date; issue date; date of issue; date issued; date of invoice; invoiced on; document date; doc date; bill date; issued; date; ' +
    'rechnungsdatum; ausstellungsdatum; ausgestellt am; belegdatum; rg datum; datum der rechnung; datum; ' +
    'date de facture; date de la facture; date facture; date de facturation; date d’émission; émise le; émis le; fecha de factura; fecha de la factura; fecha factura; fecha de emisión; fecha emisión; fecha; ' +
    'data fattura; data della fattura; data di emissione; data emissione; data documento; data; factuurdatum; datum factuur; data da fatura; data de emissão; emitida em',
  dueDate:
    'due date; due on; due by; date due; payment due; payment due date; invoice due date; pay by; maturity date; maturity; due; ' +
    'fällig am; fälligkeitsdatum; fälligkeit; fällig; fälligkeitstag; zahlbar bis; zu zahlen bis; ' +
    'date d’échéance; date échéance; échéance; échéance le; à payer avant le; fecha de vencimiento; fecha vencimiento; vencimiento; vence; vence el; ' +
    'data di scadenza; data scadenza; scadenza; vervaldatum; vervaldag; uiterste betaaldatum; te betalen voor; te betalen vóór; data de vencimento; data do vencimento; data vencimento; vencimento',
  paidOn:
    'paid on; paid date; date paid; payment date; date of payment; settled on; settlement date; clearing date; payment received on; ' +
    'bezahlt am; gezahlt am; zahlungsdatum; zahldatum; zahlungseingang am; zahlungseingang; ausgleichsdatum; ' +
    'payé le; payée le; date de paiement; date paiement; date du paiement; date de règlement; réglé le; fecha de pago; fecha pago; pagado el; fecha de cobro; ' +
    'data pagamento; data di pagamento; data del pagamento; pagato il; betaald op; betaaldatum; betaaldag; datum betaling; data de pagamento; data do pagamento; pago em',
  note:
    'note; notes; comment; comments; remark; remarks; memo; notiz; notizen; bemerkung; bemerkungen; anmerkung; anmerkungen; kommentar; ' +
    'remarque; remarques; commentaire; commentaires; nota; notas; observaciones; observación; comentario; comentarios; ' +
    'annotazioni; commento; commenti; osservazioni; opmerking; opmerkingen; notitie; notities; toelichting; observações; observação; comentários; comentário',
  outstanding: 'outstanding; outstanding amount',
  status: 'status; payment status; zahlungsstatus; statut; estado; stato; situação',
}

const headings: ReadonlyMap<string, { heading: SheetHeading; rank: number }> = new Map(
  (Object.entries(synonyms) as [SheetHeading, string][])
    .flatMap(([heading, list]) => list.split(';').map((text, rank) => ({ heading, rank, text })))
    // The last one set stays in a Map: in reverse, a text that two lines share belongs to the upper one.
    .reverse()
    .flatMap(({ heading, rank, text }) => [fold(text), fold(umlauts(text))].map((key) => [key, { heading, rank }] as const)),
)

/**
 * What a header means, and how sure that is (`rank`: 0 is our own header), or undefined. Case, accents, spaces, punctuation and what stands
 * in brackets don't matter, nor does a currency at the end ("Betrag in EUR").
 */
export function headingOf(header: string): { heading: SheetHeading; rank: number } | undefined {
  const text = header.slice(0, 200)
  const bare = text.replace(/[([{].*?[)\]}]/g, ' ')
  const currency = currencyInHeader(bare)
  const withoutCurrency = currency === undefined ? bare : bare.replace(new RegExp(`(\\bin\\s+)?\\b${currency}\\b`), ' ')
  return headings.get(fold(text)) ?? headings.get(fold(bare)) ?? headings.get(fold(withoutCurrency))
}

/** The currency that a header names, as "Amount (USD)" does, or undefined. */
export function currencyInHeader(header: string): string | undefined {
  const code = header.match(/\b[A-Z]{3}\b/g)?.find(isCurrency)
  return code ?? (header.includes('€') ? 'EUR' : header.includes('£') ? 'GBP' : undefined)
}

/** The letters and digits of a header in lower case, without accents: "Fällig am", "FAELLIG_AM" and "fallig-am" are to meet. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ø/g, 'o')
    .replace(/æ/g, 'ae')
    .replace(/œ/g, 'oe')
    .replace(/[^\p{L}\p{N}#]/gu, '')
}

// Who has no umlauts on the keyboard writes ae, oe, ue.
function umlauts(text: string): string {
  return text.replace(/ä/g, 'ae').replace(/ö/g, 'oe').replace(/ü/g, 'ue')
}
