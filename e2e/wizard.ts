// A person's way through the six steps of a campaign.
import type { Page } from 'playwright-core';

export type WizardStep = 'Details' | 'Audience' | 'Message' | 'Schedule' | 'Settings' | 'Review';

/** Opens a step by its place in the bar above the form. */
export async function goStep(page: Page, step: WizardStep): Promise<void> {
  const bar = page.getByRole('navigation', { name: 'Steps' });
  await bar.getByRole('link', { name: new RegExp(step) }).click();
  await page.getByRole('heading', { name: step, level: 2, exact: true }).waitFor({ state: 'attached' });
}

/** The address of a campaign's step. */
export const stepAddress = (id: string, step: WizardStep): string =>
  `/campaigns/${id}/edit?step=${step.toLowerCase()}`;

/** Send (or Schedule) on the last step: the confirmation or the list of what is wrong follows. */
export async function pressSend(page: Page, name: 'Send' | 'Schedule' = 'Send'): Promise<void> {
  await goStep(page, 'Review');
  await page.getByRole('button', { name, exact: true }).click();
}
