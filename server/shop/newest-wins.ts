// How orders, carts and products are written: by the shop's own ids, all of a request or nothing, and of two accounts of the same thing
// the one is kept that changed later in the shop. What is particular to each stands in put-orders.ts, put-carts.ts and put-products.ts.
import type { ContactRef, WriteResult } from '../../contract/shop.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { alone, refuseTwins } from './alone.ts';
import { inLine } from './in-line.ts';
import type { About } from './people.ts';
import { happenedAt } from './times.ts';

interface Given {
  external_id: string;
  contact?: ContactRef;
  updated_at?: string | undefined;
}
interface Row {
  id: string;
  updated_at: Date;
}
interface Change<R> {
  before: R | undefined;
  row: R;
}
export interface Noun<G extends Given, T extends { updated_at: Date }, R extends Row> {
  name: 'orders' | 'carts' | 'products';
  /** `at` throws VALIDATION_FAILED for a time that cannot be. */
  timesOf(given: G, at: (field: keyof G & string) => Date): T;
  /** Where it is about people: the contact (uuid) of each, held. */
  contactsOf?(ctx: Ctx, about: About[], externalIds: string[]): Promise<string[]>;
  stored(ctx: Ctx, externalIds: string[]): Promise<Map<string, R>>;
  rowOf(given: G, times: T, contactId: string, before: R | undefined): Omit<R, 'id'>;
  /** Everything but when it changed, in one spelling. */
  says(row: Omit<R, 'id'>): string;
  /** Whether the same, said of a later time, is written too. */
  countsTouches?: boolean;
  /** Never of nothing. */
  write(ctx: Ctx, rows: R[]): Promise<void>;
  /** News for the modules above, of what was written. */
  tell(ctx: Ctx, changes: Change<R>[]): Promise<void>;
}

export interface Written {
  /** uuid */
  id: string;
  external_id: string;
  result: WriteResult;
}

/**
 * `pointer`: where the list stands in the request; null: the body is the one row. Throws VALIDATION_FAILED, with nothing written,
 * for contacts that are not here, times that cannot be, and two rows of one external id.
 */
export function putNewest<G extends Given, T extends { updated_at: Date }, R extends Row>(
  ctx: Ctx,
  noun: Noun<G, T, R>,
  list: G[],
  pointer: string | null,
): Promise<Written[]> {
  const pointers = list.map((_, index) => (pointer === null ? '' : `${pointer}/${index}`));
  if (pointer !== null) refuseTwins(list, pointer);
  const times = list.map((given, index) =>
    noun.timesOf(given, (field) =>
      happenedAt(ctx, given[field] as string | undefined, `${pointers[index]}/${field}`),
    ),
  );
  return inLine(ctx, () =>
    inTransaction(ctx, async (ctx) => {
      await alone(ctx, noun.name);
      const externalIds = list.map((given) => given.external_id);
      const about = list.flatMap(({ contact }, index) =>
        contact ? { contact, pointer: pointers[index]! } : [],
      );
      const contacts = (await noun.contactsOf?.(ctx, about, externalIds)) ?? [];
      // after people are held: they may have been merged or erased before
      const stored = await noun.stored(ctx, externalIds);
      const all = list.map((given, index) => {
        const before = stored.get(given.external_id);
        const told = noun.rowOf(given, times[index]!, contacts[index] ?? '', before);
        const row = { ...told, id: before?.id ?? newId() } as R;
        // the same again, of no time of its own, is told and not touched: a sync each half hour would put a reminder off for ever
        const isTouch = noun.countsTouches && given.updated_at !== undefined;
        return {
          before,
          row,
          isTouch,
          result: resultOf(before, row, () => noun.says(before!) === noun.says(row)),
        };
      });
      const changes = all.filter(
        ({ before, row, isTouch, result }) =>
          result === 'created' ||
          result === 'updated' ||
          (isTouch && result === 'unchanged' && row.updated_at > before!.updated_at),
      );
      if (changes.length > 0) {
        const rows = changes.map(({ row }) => row);
        await noun.write(ctx, rows);
        await noun.tell(ctx, changes);
      }
      return all.map(({ row, result }, index) => ({ id: row.id, external_id: externalIds[index]!, result }));
    }),
  );
}

/** At the same instant the one that arrives later is believed. */
function resultOf(stored: Row | undefined, given: Row, isSame: () => boolean): WriteResult {
  if (!stored) return 'created';
  if (given.updated_at < stored.updated_at) return 'stale';
  return isSame() ? 'unchanged' : 'updated';
}

export function tally(results: WriteResult[]): Record<WriteResult, number> {
  const counts = { created: 0, updated: 0, unchanged: 0, stale: 0 };
  for (const result of results) counts[result] += 1;
  return counts;
}
