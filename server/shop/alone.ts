// Writers of one noun of one shop go one after the other: each then sees what the one before it stored.
import { sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';
import { invalidField } from '../platform/errors.ts';

/** To be called first in the transaction. */
export async function alone(ctx: Ctx, noun: 'orders' | 'carts' | 'products'): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`shop.${noun} ${ctx.actor.workspaceId}`}, 0))`.execute(
    ctx.db,
  );
}

/** Throws VALIDATION_FAILED where two rows of one request have the same external id. */
export function refuseTwins(list: readonly { external_id: string }[], pointer: string): void {
  const first = new Map<string, number>();
  for (const [index, { external_id }] of list.entries()) {
    const other = first.get(external_id);
    if (other !== undefined)
      throw invalidField(
        `${pointer}/${index}/external_id`,
        `The same external id stands at ${pointer}/${other} already. Send only the newer of the two.`,
      );
    first.set(external_id, index);
  }
}
