// What WhatsApp would charge for a plan: per delivered message, by the country of the number and the category of the template.
// Texts without a template are service messages, at the utility rate since 2026-10-01 (Cloud API, "Pricing", 2026-11-20).
import type { Content } from '../../../contract/message.ts';
import { marketOf, type PriceCategory, priceCategories } from '../../../contract/message-prices.ts';
import { amountText } from '../../../contract/money.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import type { Ctx } from '../../platform/context.ts';
import { approvedTemplate } from '../../whatsapp-templates/used.ts';
import { readPrices } from '../../workspaces/message-prices.ts';

/** Prices have at most so many decimals (contract/message-prices.ts). */
const decimals = 6;

interface Sent {
  connection: { id: string };
  /** People by two letters. */
  countries?: Map<string | null, number> | undefined;
  content?: Pick<Content, 'whatsapp'> | undefined;
}

/** Null: nobody can say, as nothing is known of who would get it or of the template. */
export async function whatsappCost(
  ctx: Ctx,
  { connection, countries, content }: Sent,
): Promise<SendForecast['cost']> {
  if (!countries || !content) return null;
  const category = await categoryOf(ctx, connection.id, content);
  if (!category) return null;
  const { prices, currency, is_default } = await readPrices(ctx);
  const priceIn = new Map(prices.map((row) => [row.market, row[category]]));
  let total = 0n;
  let unpriced = 0;
  for (const [country, people] of countries) {
    const price = country === null ? null : priceIn.get(marketOf(country));
    if (price == null) unpriced += people;
    else total += smallestUnits(price) * BigInt(people);
  }
  return { kind: 'money', amount: amountOf(total, currency), currency, unpriced, is_default };
}

/** What the figure leaves out. */
export function costNote(content: Pick<Content, 'whatsapp'> | undefined): string {
  if (!content) return 'Counted as for an approved template. What it costs is known once one is chosen.';
  return content.whatsapp?.template
    ? 'WhatsApp charges for what it delivers; replies are charged on top.'
    : 'WhatsApp charges texts like utility templates; the first 1,000 of a number in a month are free and still in this figure.';
}

async function categoryOf(
  ctx: Ctx,
  connectionId: string,
  { whatsapp }: Pick<Content, 'whatsapp'>,
): Promise<PriceCategory | null> {
  if (!whatsapp?.template) return 'utility';
  const { name, language } = whatsapp.template;
  const found = await approvedTemplate(ctx, connectionId, name, language);
  return priceCategories.find((category) => category === found?.category.toLowerCase()) ?? null;
}

/** "0.0529" → 52900n. */
function smallestUnits(price: string): bigint {
  const [whole = '0', part = ''] = price.split('.');
  return BigInt(whole + part.padEnd(decimals, '0'));
}

/** Rounded up to the currency's own unit: a forecast is rather too high than too low. */
function amountOf(units: bigint, currency: string): string {
  const kept = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits as number;
  const step = 10n ** BigInt(decimals - kept);
  const rounded = ((units + step - 1n) / step) * step;
  const digits = rounded.toString().padStart(decimals + 1, '0');
  return amountText(`${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`, currency);
}
