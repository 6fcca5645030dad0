// Connectors: shop systems that tell by signed webhooks what happens in the shop.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText, readVersion, timestamp } from './lists.ts';
import { currency } from './money.ts';

export const shopKind = z.enum(['shopify', 'woocommerce'], {
  error:
    'Choose shopify or woocommerce. Any other shop tells over the API: PUT /api/v1/carts, /orders, /products.',
});
export type ShopKind = z.infer<typeof shopKind>;

/** What both sides sign with. Printable, as it goes from page to page by copy and paste. */
const signingSecret = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{16,200}$/, 'Paste the whole key, 16 characters or more, without blanks.');
const shopUrl = z
  .url({ protocol: /^https?$/, error: 'Write the address of the shop, like https://shop.example.' })
  .max(500);
const idPrefix = z
  .string()
  .trim()
  .regex(/^[\w.:-]{0,40}$/, 'At most 40 letters, digits, or . : _ - without blanks.');

export const shopConnectorCreate = z.strictObject({
  kind: shopKind,
  name: humanText(80).optional(),
  shop_url: shopUrl.nullish(),
  secret: signingSecret.optional().meta({
    description:
      'What the shop signs with. Shopify shows it once the first webhook is saved there: send it later with PATCH. For WooCommerce it is made here where it is left out',
  }),
  id_prefix: idPrefix.optional().meta({
    description:
      'Put before every id of this shop, so that two shops do not mean one customer by "12". Left out: nothing for the first shop that tells anything, the kind of shop for further ones (woocommerce:12), numbered where there are several; never one that a removed connector had, for what came through it stays. To connect a removed shop again (GET /removed_shops), or one shop twice, send its prefix. It cannot be changed later',
  }),
});
export type ShopConnectorCreate = z.infer<typeof shopConnectorCreate>;

export const shopConnectorPatch = z.strictObject({
  name: humanText(80, 1).optional(),
  shop_url: shopUrl.nullish(),
  secret: signingSecret.optional(),
  currency: currency.optional().meta({
    description:
      'What the shop prices its products in, where its first order was in another currency; their prices are in it from then on',
  }),
  version: readVersion.optional(),
});
export type ShopConnectorPatch = z.infer<typeof shopConnectorPatch>;

/** What webhooks tell of. */
export const shopSubject = z.enum(['customers', 'carts', 'orders', 'products']);
export type ShopSubject = z.infer<typeof shopSubject>;
const shopTopic = z.object({
  name: z.string().meta({ description: 'As the shop’s own pages call it', example: 'Order creation' }),
  topic: z.string().meta({ description: 'As its webhooks say it', example: 'orders/create' }),
  subject: shopSubject,
  last_at: timestamp.nullable().meta({
    description:
      'When one last came with a right signature, a trial too; null: none yet, perhaps it is not set up',
  }),
});
export type ShopTopic = z.infer<typeof shopTopic>;

export const shopConnector = z
  .object({
    id: wireId('shc'),
    kind: shopKind,
    name: z.string(),
    shop_url: z.string().nullable(),
    id_prefix: z.string().meta({
      description:
        'Before every id of this shop, also over the API: customer 12 of a shop with "woocommerce:" is woocommerce:12. Where none was asked for, and no other shop has told anything, it is decided with the first webhook that is written down',
    }),
    currency: z.string().nullable().meta({
      description:
        'What the shop sells in, as its first order or checkout named it, or a person: shops name none at a product. null: not known yet, its prices are in the workspace’s',
      example: 'EUR',
    }),
    webhook_url: z.string().nullable().meta({
      description:
        'Where the shop is to deliver; null: this installation has no address (PUBLIC_URL) that the shop takes',
    }),
    topics: z.array(shopTopic).meta({ description: 'The webhooks to set up in the shop' }),
    has_secret: z.boolean().meta({ description: 'false: nothing is let in yet' }),
    status: z.enum(['waiting', 'receiving', 'problem']).meta({
      description:
        'waiting: nothing has come yet · problem: the last webhook of one topic was not understood',
    }),
    problem: z
      .object({ topic: z.string(), detail: z.string(), at: timestamp })
      .nullable()
      .meta({ description: 'Goes when a webhook of the same topic is taken' }),
    last_received_at: timestamp.nullable(),
    last_topic: z.string().nullable(),
    refused_at: timestamp.nullable().meta({
      description:
        'When something last came that is not signed with this secret; written once a minute at most',
    }),
    received: z.number().int().meta({ description: 'Webhooks with a right signature' }),
    passed_over: z
      .number()
      .int()
      .meta({ description: 'Of these, without anything to write down: nobody to be written to, as a rule' }),
    last_passed_over: z
      .object({ topic: z.string(), detail: z.string(), at: timestamp })
      .nullable()
      .meta({ description: 'The last of them, in words' }),
    version: z.number().int(),
    created_at: timestamp,
  })
  .meta({ id: 'ShopConnector' });
export type ShopConnector = z.infer<typeof shopConnector>;

const secretOnce = z
  .string()
  .nullable()
  .meta({ description: 'Shown this once; null: the shop’s own is used' });
export const shopConnectorCreated = shopConnector
  .extend({ secret: secretOnce })
  .meta({ id: 'ShopConnectorCreated' });
export type ShopConnectorCreated = z.infer<typeof shopConnectorCreated>;

/** Asked before a shop is connected: without an address nothing could ever come. */
export const shopSystem = z
  .object({
    kind: shopKind,
    name: z.string(),
    is_reachable: z.boolean().meta({
      description: 'false: this installation has no address (PUBLIC_URL) that such a shop delivers to',
    }),
    why_not: z.string().nullable().meta({ description: 'In words, and what to do' }),
  })
  .meta({ id: 'ShopSystem' });
export type ShopSystem = z.infer<typeof shopSystem>;
export const shopSystems = z.object({ data: z.array(shopSystem) });

/** A shop whose connector was removed: connected with this prefix again, it is the same shop, with the same customers. */
export const removedShop = z
  .object({
    id_prefix: z.string(),
    kind: shopKind.nullable().meta({
      description: 'null, as name and time: removed before these were kept; only its prefix is known',
    }),
    name: z.string().nullable(),
    shop_url: z.string().nullable(),
    removed_at: timestamp.nullable(),
  })
  .meta({ id: 'RemovedShop' });
export type RemovedShop = z.infer<typeof removedShop>;
export const removedShops = z.object({ data: z.array(removedShop) });
