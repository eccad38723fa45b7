// Copying: by the Clipboard API, without it, and where the browser refuses both.

import type { Page } from '@playwright/test'
import { listed } from '../support/here'
import { expect, test } from '../support/test'

/** What the clipboard holds, read as a person does: pasted into a field. */
async function pasted(page: Page): Promise<string> {
  const field = page.getByRole('combobox')
  await field.fill('')
  await field.press('ControlOrMeta+v')
  const text = await field.inputValue()
  await field.fill('')
  return text
}

for (const secure of [true, false]) {
  test(`coordinates are copied ${secure ? 'by the Clipboard API' : 'where the browser has no Clipboard API'}`, async ({ territory, page }) => {
    if (secure) await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    else await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined }))
    await territory.open('#map=14/50.442/2.6857&lang=fr&here=14/50.442/2.6857')
    await listed(territory)
    expect(await page.evaluate(() => typeof navigator.clipboard)).toBe(secure ? 'object' : 'undefined')
    const button = territory.sheet.getByRole('button', { name: /^Copier Coordonnées/ })
    await button.click()
    await expect(territory.sheet.locator('.copy')).toContainText('Copié')
    await expect(page.locator('p[role=status].spoken')).toHaveText(/^Copié : Coordonnées/)
    expect(await pasted(page)).toBe('2.685700, 50.442000')
  })
}

test('where nothing can be copied the text is left selected, and said so', async ({ territory, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })
    document.execCommand = () => false
  })
  await territory.open('#map=14/50.442/2.6857&lang=en&here=14/50.442/2.6857')
  await listed(territory)
  await territory.sheet.locator('.copy').click()
  await expect(territory.sheet.locator('.copy')).toContainText('Selected: Ctrl+C')
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('2.685700, 50.442000')
})
