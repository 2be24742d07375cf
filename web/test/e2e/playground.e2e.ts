import { expect, test } from '@playwright/test'
import { createCustomer, mina, register } from './people.ts'
import { beginAfresh } from './stack.ts'

test.beforeAll(beginAfresh)

test('the playground works without a network: signing in, a query, and a subscription that hears what happens', async ({
  browser,
  page,
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const elsewhere: string[] = []
  await page.route(
    ({ hostname, protocol }) => hostname !== 'localhost' && protocol.startsWith('http'),
    (route) => {
      elsewhere.push(route.request().url())
      return route.abort()
    },
  )
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).hostname !== 'localhost') elsewhere.push(socket.url())
  })
  const staff = await browser.newContext()
  await register(staff.request, mina)

  await page.goto('/playground')
  const editor = page.getByRole('region', { name: 'Operation Editor' }).getByRole('textbox')
  const result = page.getByRole('region', { name: 'Result Window' })
  const send = async (name: string, operation: string): Promise<void> => {
    await editor.focus()
    await page.keyboard.press('ControlOrMeta+A')
    // Pasted, for the editor closes the brackets that are typed.
    await page.evaluate((text) => navigator.clipboard.writeText(text), operation)
    await page.keyboard.press('ControlOrMeta+V')
    // The tab's name says that the editor has understood what it holds, and so whether it goes by socket.
    await expect(page.getByRole('tab', { name })).toBeVisible()
    await page.getByRole('button', { name: /^Execute/ }).click()
  }

  await expect(editor).toBeAttached()
  await send('Refused', 'query Refused { customers { nodes { name } } }')
  await expect(result).toContainText('UNAUTHENTICATED')
  await send('Enter', `mutation Enter { signIn(input: { email: "${mina.email}", password: "${mina.password}" }) { name role } }`)
  await expect(result).toContainText('ADMIN')
  await createCustomer(staff.request, { name: 'Kettle and Co' })
  await send('Names', 'query Names { customers { nodes { name } } }')
  await expect(result).toContainText('Kettle and Co')

  const socket = page.waitForEvent('websocket')
  await send('Live', 'subscription Live { events(after: "0") { type customer { name } } }')
  await socket
  // What has happened already comes first, and tells that the subscription stands.
  await expect(result).toContainText(/CUSTOMER_CREATED|STAFF_REGISTERED/)
  await createCustomer(staff.request, { name: 'Lantern House' })
  await expect(result).toContainText('Lantern House')
  expect(elsewhere).toEqual([])
  await staff.close()
})
