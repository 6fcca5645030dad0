// The variables that the composer offers, with what each looks like and the text to insert.
import { z } from 'zod';
import type { CampaignKind } from '../../contract/campaigns.ts';
import type { Ctx } from '../platform/context.ts';
import { knownAttributes } from './attributes.ts';
import { money, sampleCart, sampleOrder, sampleProducts } from './shop-scope.ts';

export const templateVariable = z
  .object({
    name: z.string(),
    label: z.string(),
    example: z.string().nullable(),
    snippet: z.string().meta({ description: 'What to put into the text' }),
  })
  .meta({ id: 'TemplateVariable' });
export type TemplateVariable = z.infer<typeof templateVariable>;

const contactVariables: [name: string, label: string, example: string, fallback: string | null][] = [
  ['contact.first_name', 'First name', 'Ann', 'there'],
  ['contact.last_name', 'Last name', 'Lee', null],
  ['contact.full_name', 'Full name', 'Ann Lee', 'there'],
  ['contact.email', 'Email', 'ann@example.com', null],
  ['contact.phone', 'Phone', '+442079460018', null],
  ['contact.language', 'Language', 'en', null],
  ['contact.time_zone', 'Time zone', 'Europe/London', null],
  ['contact.external_id', 'Customer number', '1001', null],
  ['contact.tags', 'Tags', 'vip, newsletter', null],
];

/** What messages about an event know besides. */
function eventVariables(
  kind: CampaignKind | null,
  currency: string,
): [name: string, label: string, example: string | null][] {
  switch (kind) {
    case 'abandoned_cart':
      return [
        ['cart_items', 'What is in the cart', `1 × Blue glaze set, ${money('64', currency)} …`],
        ['cart.total', 'Total of the cart', money('102', currency)],
        ['cart.url', 'Address of the cart', sampleCart.url],
      ];
    case 'back_in_stock':
      return [
        ['product_list', 'What is back in stock', `Stoneware mug, ${money('19', currency)} …`],
        ['product.name', 'Name of the first product', 'Stoneware mug'],
        ['product.url', 'Address of the first product', sampleProducts[0]!.url],
      ];
    case 'post_purchase':
      return [
        ['order_items', 'What was ordered', `1 × Blue glaze set, ${money('64', currency)} …`],
        ['order.number', 'Order number', sampleOrder.external_id],
      ];
    default:
      return [];
  }
}

/** `kind`: of the campaign whose message is written. */
export async function variableMenu(ctx: Ctx, kind: CampaignKind | null = null): Promise<TemplateVariable[]> {
  const [workspace, attributes] = await Promise.all([
    ctx.db
      .selectFrom('workspaces')
      .select(['name', 'currency'])
      .where('id', '=', ctx.actor.workspaceId)
      .executeTakeFirstOrThrow(),
    knownAttributes(ctx),
  ]);
  return [
    ...eventVariables(kind, workspace.currency).map(([name, label, example]) => ({
      name,
      label,
      example,
      snippet: snippet(name, null),
    })),
    ...contactVariables.map(([name, label, example, fallback]) => ({
      name,
      label,
      example,
      snippet: snippet(name, fallback),
    })),
    ...[...attributes].map(([name, example]) => ({
      name: `contact.attributes.${name}`,
      label: name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase()),
      example:
        example === null
          ? null
          : (Array.isArray(example) ? example.join(', ') : String(example)).slice(0, 80),
      snippet: snippet(`contact.attributes.${name}`, null),
    })),
    {
      name: 'workspace.name',
      label: 'Your shop',
      example: workspace.name,
      snippet: snippet('workspace.name', null),
    },
    {
      name: 'connection.name',
      label: 'Name of the bot or number',
      example: null,
      snippet: snippet('connection.name', null),
    },
    {
      name: 'connection.username',
      label: 'Username of the bot',
      example: null,
      snippet: snippet('connection.username', null),
    },
  ];
}

/** A person may have no name: the snippet of a name brings its default along. */
function snippet(name: string, fallback: string | null): string {
  return fallback ? `{{ ${name} | default: "${fallback}" }}` : `{{ ${name} }}`;
}
