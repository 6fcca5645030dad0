// Tables of people: uploaded as CSV, TSV or XLSX, mapped column by column, then written to contacts as long work.
import { z } from 'zod';
import { channel } from './connections.ts';
import { isProof } from './consent.ts';
import { wireId } from './ids.ts';
import { humanText, pageQuery, readVersion, timestamp } from './lists.ts';
import { progressFields, workStatuses } from './progress.ts';
import { attributeType } from './rules.ts';

/** Of the file as it is uploaded. A million rows of ten columns are about 150 MB of CSV. */
export const importLimits = { fileBytes: 512 * 1024 * 1024 } as const;

/** Names as the Encoding standard has them. */
export const encodings = [
  'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'windows-1250', 'windows-1251', 'windows-1253', 'windows-1254',
  'windows-1255', 'windows-1256', 'shift_jis', 'gb18030', 'big5', 'euc-kr',
] as const; // biome-ignore format: one list
export type Encoding = (typeof encodings)[number];
export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

export const contactColumns = [
  'external_id', 'full_name', 'first_name', 'last_name', 'email', 'phone', 'language', 'time_zone',
] as const; // biome-ignore format: one list
export type ContactColumn = (typeof contactColumns)[number];

const dateOrder = z.enum(['ymd', 'dmy', 'mdy']);
export type DateOrder = z.infer<typeof dateOrder>;

/** What a column of the table becomes. */
export const columnTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('field'), field: z.enum(contactColumns) }),
  z.strictObject({
    kind: z.literal('attribute'),
    name: z
      .string()
      .regex(
        /^[a-z][a-z0-9_]{0,62}$/,
        'Attribute names are lower case letters, digits and _, and begin with a letter.',
      ),
    type: attributeType.meta({ description: 'Of a declared attribute its own, whatever is sent' }),
    decimal: z.enum(['.', ',']).optional().meta({ description: 'Of numbers: the sign before the fraction' }),
    order: dateOrder.optional().meta({ description: 'Of dates written in digits' }),
  }),
  z
    .strictObject({ kind: z.literal('tags') })
    .meta({ description: 'Each value, divided at commas, semicolons and bars, is a tag' }),
  z
    .strictObject({ kind: z.literal('identity'), connection_id: wireId('con') })
    .meta({ description: 'The person’s address on that connection: a chat id on Telegram' }),
  z
    .strictObject({ kind: z.literal('consent_wording') })
    .meta({ description: 'The words this person agreed to, as proof; instead of the wording for all' }),
  z.strictObject({ kind: z.literal('consent_at'), order: dateOrder.optional() }).meta({
    description: 'When this person agreed. Only a later agreement with its words overrules an opt-out',
  }),
  z.strictObject({ kind: z.literal('ignore') }),
]);
export type ColumnTarget = z.infer<typeof columnTarget>;

export const importPolicies = ['skip', 'update', 'overwrite'] as const;
const policy = z.enum(importPolicies).meta({
  description:
    'What happens to people who are there already. skip: they stay as they are. update: values of the table replace, empty cells say nothing, tags are added. overwrite: mapped columns become what the table says, empty cells clear',
});
export type ImportPolicy = z.infer<typeof policy>;

export const importConsent = z
  .strictObject({
    channel,
    state: z.enum(['opted_in', 'opted_out']).default('opted_in'),
    wording: humanText(500, 1).meta({
      description: 'What these people agreed to, and where: kept as the proof with each of them',
    }),
  })
  .refine(({ state, wording }) => state === 'opted_out' || isProof(wording), {
    path: ['wording'],
    error: 'Write what these people agreed to, and where, at least three letters or digits: it is the proof.',
  });
export type ImportConsent = z.infer<typeof importConsent>;

const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'Write the country as two capital letters, like GB.')
  .meta({ description: 'Of phone numbers without a country code' });

export const importSettings = z.object({
  mapping: z.array(columnTarget).meta({ description: 'One for each column, in their order' }),
  policy,
  default_country: country.nullable(),
  tags: z.array(z.string()).meta({ description: 'Given to everybody who is written' }),
  segment_id: wireId('seg')
    .nullable()
    .meta({ description: 'A static list that everybody of the table joins, also who is skipped' }),
  consent: importConsent.nullable(),
});
export type ImportSettings = z.infer<typeof importSettings>;

/** What a person says of the file where the guess is wrong. */
const fileHints = {
  header: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the first row holds the names of the columns' }),
  sheet: z.string().max(100).optional(),
  encoding: z.enum(encodings).optional(),
  delimiter: z.enum(delimiters).optional(),
};

export const importPatch = z.strictObject({
  mapping: z.array(columnTarget).max(200).optional(),
  policy: policy.optional(),
  default_country: country.nullish(),
  tags: z.array(humanText(60, 1)).max(100).optional(),
  segment_id: wireId('seg').nullish(),
  consent: importConsent.nullish(),
  ...fileHints,
  version: readVersion.optional(),
});
export type ImportPatch = z.infer<typeof importPatch>;
export const importStart = z.strictObject({ version: readVersion.optional() }).nullish().meta({
  description: 'With the version that was looked at, a later change by somebody else is not started',
});
/** For the upload, where the guess would refuse the file. */
export const importUpload = z.object({
  header: z.enum(['true', 'false']).optional(),
  sheet: fileHints.sheet,
  encoding: fileHints.encoding,
  delimiter: fileHints.delimiter,
});
export type ImportUpload = z.infer<typeof importUpload>;

const importStatuses = ['mapping', ...workStatuses] as const;

export const contactImport = z
  .object({
    id: wireId('imp'),
    ...progressFields,
    status: z
      .enum(importStatuses)
      .meta({ description: 'mapping: uploaded, and not started yet; then as all long work' }),
    total: progressFields.total.meta({
      description: 'Rows of the table; estimated from its size until it is read to its end',
    }),
    file_name: z.string(),
    size_bytes: z.int(),
    format: z.enum(['csv', 'xlsx']),
    encoding: z.enum(encodings).nullable().meta({ description: 'null: XLSX' }),
    delimiter: z.enum(delimiters).nullable(),
    sheet: z.string().nullable(),
    sheets: z.array(z.string()),
    header: z.boolean().meta({ description: 'Whether the first row holds the names of the columns' }),
    columns: z.array(
      z.object({
        name: z.string(),
        samples: z.array(z.string()).meta({ description: 'Its first values that are not empty' }),
        suggestion: columnTarget,
        note: z.string().nullable().meta({
          description: 'Values of the first rows that made it text, with their lines; null: nothing to say',
        }),
      }),
    ),
    rows_estimate: z.int(),
    settings: importSettings,
    created: z.int(),
    updated: z.int().meta({ description: 'Were there already and are as the table says, changed or not' }),
    skipped: z.int().meta({ description: 'Were there already and stayed as they are' }),
    rejected: z.int(),
    remarked: z
      .int()
      .meta({ description: 'Rows that were taken with a remark, such as a doubtful phone number' }),
    report_url: z
      .string()
      .nullable()
      .meta({ description: 'CSV of these rows with reasons; null: none, or removed' }),
    created_by: z.string(),
    file_until: timestamp
      .nullable()
      .meta({ description: 'When the file and the rows in the report are removed; null: they are' }),
    version: z.int(),
  })
  .meta({ id: 'Import' });
export type ContactImport = z.infer<typeof contactImport>;

const remark = z.object({
  column: z.string().nullable().meta({ description: 'null: the row as a whole' }),
  reason: z.string(),
});
export type RowRemark = z.infer<typeof remark>;

export const previewRow = z.object({
  line: z.int().meta({ description: 'As an editor or a spreadsheet counts them' }),
  outcome: z.enum(['created', 'updated', 'skipped', 'rejected']),
  contact_id: wireId('cnt').nullable().meta({ description: 'Who is there already; null: a new person' }),
  contact: z
    .object({
      external_id: z.string().nullable(),
      first_name: z.string().nullable(),
      last_name: z.string().nullable(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      language: z.string().nullable(),
      time_zone: z.string().nullable(),
      attributes: z.record(z.string(), z.unknown()),
      tags: z.array(z.string()),
      addresses: z.int().meta({ description: 'How many chats with connections of this workspace' }),
      reachable: z.boolean().meta({ description: 'One of them can be written to, as far as it is known' }),
    })
    .nullable()
    .meta({ description: 'As it would be after the import; null: rejected' }),
  problems: z.array(remark).meta({ description: 'Why it is rejected' }),
  remarks: z.array(remark).meta({ description: 'Taken, but look at it' }),
});
export type PreviewRow = z.infer<typeof previewRow>;
export const importPreview = z
  .object({ data: z.array(previewRow).meta({ description: 'The first 20 rows; nothing is written' }) })
  .meta({ id: 'ImportPreview' });
export const importWithPreview = contactImport
  .extend({ preview: z.array(previewRow) })
  .meta({ id: 'ImportWithPreview' });

export const importQuery = pageQuery.extend({ status: z.enum(importStatuses).optional() });
export const importReportQuery = z.object({
  outcome: z
    .enum(['rejected', 'remarked'])
    .optional()
    .meta({ description: 'Only these rows; the rejected ones, corrected, can be uploaded as they are' }),
});
export const importReason = z.object({
  outcome: z.enum(['rejected', 'remarked']),
  column: z.string().nullable().meta({ description: 'null: the row as a whole' }),
  reason: z.string(),
  rows: z.int().meta({ description: 'Rows with this reason; a row can have several' }),
});
export type ImportReason = z.infer<typeof importReason>;
