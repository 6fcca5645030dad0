// What a shop sells, and who waits for something that is sold out. Written by programs, read by automations and by people.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText, pageQuery, timestamp } from './lists.ts';
import { money } from './money.ts';
import { contactRef, externalId, updatedAt, webAddress, writeResult, writtenCounts } from './shop.ts';

const stock = z
  .int('Write a whole number, 0 for sold out.')
  .min(0, 'A stock is 0 or more.')
  .max(1_000_000_000)
  .nullish()
  .meta({ description: 'How many there are; null: not counted, always there' });
/** gone: no longer sold; coming back it counts as back in stock. */
export const productStatus = z.enum(['active', 'gone']);

const variantPut = z.strictObject({
  id: humanText(200, 1).meta({ description: 'The shop’s own id of the variant' }),
  name: humanText(300, 1).nullish().meta({ example: 'Blue, M' }),
  price: money.nullish().meta({ description: 'Absent: the product’s' }),
  stock,
});
/** As many as Shopify takes. */
const variantsAtMost = 2048;
const productFields = {
  name: humanText(300, 1),
  url: webAddress.nullish().meta({ description: 'Where it is bought' }),
  image_url: webAddress.nullish(),
  price: money.nullish(),
  stock: stock.meta({
    description: 'Of a product without variants. How many there are; null: not counted, always there',
  }),
  variants: z
    .array(variantPut)
    .max(variantsAtMost, `A product has at most ${variantsAtMost.toLocaleString('en')} variants here.`)
    .default([]),
  status: productStatus.default('active'),
  updated_at: updatedAt,
};

type Given = {
  price?: { currency: string } | null | undefined;
  stock?: number | null | undefined;
  variants: { id: string; price?: { currency: string } | null | undefined }[];
};
function makesSense(given: Given, ctx: z.RefinementCtx): void {
  const issue = (path: (string | number)[], message: string, input: unknown) =>
    ctx.addIssue({ code: 'custom', path, message, input });
  if (given.variants.length > 0 && given.stock != null)
    issue(
      ['stock'],
      'With variants, each has its own stock: send it at the variants, and leave it out here.',
      given.stock,
    );
  const first = given.price?.currency ?? given.variants.find((one) => one.price)?.price?.currency;
  const ids = new Set<string>();
  for (const [index, { id, price }] of given.variants.entries()) {
    if (ids.has(id)) issue(['variants', index, 'id'], 'Two variants have this id.', id);
    ids.add(id);
    if (price && price.currency !== first)
      issue(
        ['variants', index, 'price', 'currency'],
        `One currency for all of it: the others are in ${first}.`,
        price.currency,
      );
  }
}

/** Written in one transaction, for which every other writer of products waits. */
const variantsAtOnce = 20_000;
function holdsFew(list: { variants: unknown[] }[], ctx: z.RefinementCtx): void {
  let sum = 0;
  for (const [index, { variants }] of list.entries()) {
    sum += variants.length;
    if (sum <= variantsAtOnce) continue;
    const message = `A request takes ${variantsAtOnce.toLocaleString('en')} variants at most. Send this product, and those after it, in a further one.`;
    ctx.addIssue({ code: 'custom', path: [index, 'variants'], message, input: variants.length });
    return;
  }
}

export const productPut = z.strictObject(productFields).superRefine(makesSense);
export type ProductPut = z.infer<typeof productPut>;
export const productBatch = z.strictObject({
  products: z
    .array(z.strictObject({ external_id: externalId, ...productFields }).superRefine(makesSense))
    .min(1)
    .max(1000)
    .superRefine(holdsFew)
    .meta({ description: `At most ${variantsAtOnce.toLocaleString('en')} variants in all of them` }),
});

export const product = z
  .object({
    id: wireId('prd'),
    external_id: z.string(),
    name: z.string(),
    url: z.string().nullable(),
    image_url: z.string().nullable(),
    price: money.nullable(),
    stock: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'With variants: of all of them; null: not counted' }),
    status: productStatus,
    available: z.boolean().meta({ description: 'Whether it, or one of its variants, can be bought' }),
    variants: z.array(
      z.object({
        id: z.string(),
        name: z.string().nullable(),
        price: money.nullable(),
        stock: z.number().int().nullable(),
      }),
    ),
    updated_at: timestamp,
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof product>;
export const productWritten = product.extend({ result: writeResult }).meta({ id: 'ProductWritten' });
export const productBatchResult = z
  .object({
    ...writtenCounts,
    data: z.array(z.object({ external_id: z.string(), id: wireId('prd'), result: writeResult })),
  })
  .meta({ id: 'ProductBatchResult' });
export const productQuery = pageQuery.extend({
  available: z
    .stringbool()
    .optional()
    .meta({ description: 'true: what can be bought; false: what is sold out or gone' }),
});

/** Why somebody is told when it is back. */
export const interestKind = z.enum(['subscribed', 'viewed', 'carted']);
export type InterestKind = z.infer<typeof interestKind>;
export const waitingCreate = z.strictObject({
  contact: contactRef,
  variant_id: humanText(200, 1).nullish().meta({ description: 'Absent: any of its variants' }),
});
export type WaitingCreate = z.infer<typeof waitingCreate>;
export const waitingPerson = z
  .object({
    contact_id: wireId('cnt'),
    kind: interestKind.meta({
      description:
        'subscribed: asked to be told (POST …/waiting); viewed: the event product_viewed while it was sold out; carted: had it in the cart',
    }),
    variant_id: z.string().nullable().meta({ description: 'null: any of its variants' }),
    at: timestamp,
  })
  .meta({ id: 'WaitingPerson' });
export type WaitingPerson = z.infer<typeof waitingPerson>;
export const waitingQuery = pageQuery.extend({ kind: interestKind.optional() });
