// Pure rules of an import: what the file is taken for, what a person decided, and whether that can be started.
import { isSupportedCountry } from 'libphonenumber-js/max';
import type {
  ColumnTarget,
  ContactImport,
  Delimiter,
  Encoding,
  ImportSettings,
} from '../../contract/imports.ts';
import type { TableHints } from '../contacts/import/table.ts';
import { AppError } from '../platform/errors.ts';

/** Column `form`: what the file is, by its bytes and by what a person said of it. */
export interface Form {
  format: 'csv' | 'xlsx';
  encoding: Encoding | null;
  delimiter: Delimiter | null;
  sheet: string | null;
  sheets: string[];
  header: boolean;
  columns: ContactImport['columns'];
  rows_estimate: number;
}

/** To open the file again as it was opened for the mapping. */
export function hintsOf(form: Form): TableHints {
  return {
    ...(form.encoding && { encoding: form.encoding }),
    ...(form.delimiter && { delimiter: form.delimiter }),
    ...(form.sheet !== null && { sheet: form.sheet }),
    hasHeader: form.header,
  };
}

/** Before anybody decided. */
export const firstSettings = (form: Form, country: string | null): ImportSettings => ({
  mapping: form.columns.map(({ suggestion }) => suggestion),
  policy: 'update',
  default_country: country,
  tags: [],
  segment_id: null,
  consent: null,
});

export interface FieldProblem {
  pointer: string;
  detail: string;
}

/** What of the settings cannot be, without a look into the database; empty: nothing. */
export function wrongSettings(form: Form, settings: ImportSettings): FieldProblem[] {
  const { mapping, consent, default_country } = settings;
  const problems: FieldProblem[] = [];
  const wrong = (pointer: string, detail: string) => problems.push({ pointer, detail });
  if (mapping.length !== form.columns.length)
    wrong(
      '/mapping',
      `The table has ${form.columns.length} columns: send a target for each, in their order.`,
    );
  const firsts = new Map<string, number>();
  for (const [index, target] of mapping.entries()) {
    const key = keyOf(target);
    const first = key === null ? undefined : firsts.get(key);
    if (first !== undefined)
      wrong(
        `/mapping/${index}`,
        `Column "${form.columns[first]?.name}" becomes the same. Leave one of them out, or choose something else.`,
      );
    else if (key !== null) firsts.set(key, index);
    if (isConsent(target) && !consent)
      wrong(`/mapping/${index}`, 'Say under consent which channel these people agreed to.');
  }
  const full = firsts.get('field full_name');
  if (full !== undefined && (firsts.has('field first_name') || firsts.has('field last_name')))
    wrong(`/mapping/${full}`, 'Map either the whole name, or first and last name.');
  if (default_country && !isSupportedCountry(default_country))
    wrong('/default_country', 'This is no country. Write two letters, like GB.');
  return problems;
}

const isConsent = ({ kind }: ColumnTarget) => kind === 'consent_wording' || kind === 'consent_at';

/** Null: any number of columns may become this. */
function keyOf(target: ColumnTarget): string | null {
  switch (target.kind) {
    case 'field':
      return `field ${target.field}`;
    case 'attribute':
      return `attribute ${target.name}`;
    case 'identity':
      return `identity ${target.connection_id}`;
    case 'ignore':
    case 'tags':
      return null;
    default:
      return target.kind;
  }
}

const identifying = ['external_id', 'full_name', 'first_name', 'last_name', 'email', 'phone'];

/** Throws VALIDATION_FAILED where no column says who a row is. */
export function checkIdentifies(mapping: ColumnTarget[]): void {
  const says = mapping.some(
    (target) => target.kind === 'identity' || (target.kind === 'field' && identifying.includes(target.field)),
  );
  if (says) return;
  const detail =
    'No column says who a row is. Map at least one to a name, an email address, a phone number, an external id or an address.';
  throw new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer: '/mapping', detail }] });
}

/** The name of an upload made safe to show; it never becomes a path. */
export function tableName(given: string | undefined): string {
  const name = (given ?? '').toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = name
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return [...clean].slice(0, 200).join('') || 'table';
}
