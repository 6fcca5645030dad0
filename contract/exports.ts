// Contacts as a CSV file: what is asked for, how far it is, where to fetch it.
import { z } from 'zod';
import { contactFilter } from './contact-filter.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { progressFields } from './progress.ts';

/**
 * In the order of the file; attributes follow as "attributes.city". `time_zone` is a given one. A guess has a column of its
 * own, so that a file that comes back as an import turns no guess into something given.
 */
export const exportColumns = [
  'id', 'external_id', 'first_name', 'last_name', 'email', 'phone', 'language', 'time_zone', 'time_zone_guess', 'tags',
  'addresses', 'consent', 'created_at', 'last_seen_at', 'orders_count', 'orders_value', 'last_order_at',
] as const; // biome-ignore format: one row
/** Of a column that holds an attribute: "attributes.city". */
export const attributePrefix = 'attributes.';
export type ExportColumn = (typeof exportColumns)[number];

const column = z.union(
  [z.enum(exportColumns), z.templateLiteral(['attributes.', z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)])],
  { error: `A column is one of ${exportColumns.join(', ')}, or an attribute like "attributes.city".` },
);

export const exportCreate = z.strictObject({
  filter: contactFilter.optional().meta({ description: 'Absent: everybody' }),
  columns: z
    .array(column)
    .min(1, 'Name at least one column.')
    .max(300)
    .refine((all) => new Set(all).size === all.length, {
      error: 'A column stands here twice. Leave one out.',
    })
    .optional()
    .meta({ description: 'Absent: all, with every attribute that anybody has' }),
});
export type ExportCreate = z.output<typeof exportCreate>;

export const contactExport = z
  .object({
    id: wireId('exp'),
    ...progressFields,
    by: z.string(),
    filter: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'As it was asked for; null: everybody, or forgotten with the file' }),
    columns: z.array(z.string()).nullable(),
    size_bytes: z.int(),
    download_url: z.string().nullable().meta({ description: 'null: not ready yet, or removed already' }),
    available_until: timestamp.nullable(),
  })
  .meta({ id: 'ContactExport' });
export type ContactExport = z.infer<typeof contactExport>;
