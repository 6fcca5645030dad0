// What a template may know of a person: the scope `contact` of every message.
import type { Selectable } from 'kysely';
import type { DB } from '../platform/db/tables.gen.ts';

/** The columns of `contacts` that rendering needs: select these (lanes do, by the batch), then `templateContact(row)`. */
export const templateColumns = [
  'external_id',
  'first_name',
  'last_name',
  'email',
  'phone',
  'language',
  'time_zone',
  'attributes',
  'tags',
] as const;
export type TemplateRow = Pick<Selectable<DB['contacts']>, (typeof templateColumns)[number]>;

export interface TemplateContact {
  first_name: string | null;
  last_name: string | null;
  full_name: string | null;
  email: string | null;
  phone: string | null;
  language: string | null;
  time_zone: string | null;
  external_id: string | null;
  attributes: Record<string, unknown>;
  tags: string[];
}

export function templateContact(row: TemplateRow): TemplateContact {
  return {
    first_name: row.first_name,
    last_name: row.last_name,
    full_name: [row.first_name, row.last_name].filter(Boolean).join(' ') || null,
    email: row.email,
    phone: row.phone,
    language: row.language,
    time_zone: row.time_zone,
    external_id: row.external_id,
    attributes: (row.attributes ?? {}) as Record<string, unknown>,
    tags: row.tags,
  };
}

/** Stands in where a preview has nobody to show, so that an author sees what a name looks like. */
export const sampleContact: TemplateContact = {
  first_name: 'Ann',
  last_name: 'Lee',
  full_name: 'Ann Lee',
  email: 'ann@example.com',
  phone: '+442079460018',
  language: 'en',
  time_zone: 'Europe/London',
  external_id: '1001',
  attributes: {},
  tags: [],
};
