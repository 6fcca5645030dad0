// What a WhatsApp message costs this workspace: its own figures, or the defaults, which nobody here has checked.

import { toWireId } from '../../contract/ids.ts';
import {
  defaultAsOf,
  defaultSource,
  type MessagePrices,
  type MessagePricesInput,
  markets,
  type PriceCategory,
} from '../../contract/message-prices.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from './audit.ts';

type Row = Record<PriceCategory, string | null>;
const unknown: Row = { marketing: null, utility: null, authentication: null };

export async function readPrices(ctx: Ctx): Promise<MessagePrices> {
  const own = await ctx.db
    .selectFrom('message_prices')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .executeTakeFirst();
  const given = own?.prices as Record<string, Row> | undefined;
  return {
    currency: own?.currency ?? 'USD',
    is_default: !own,
    source: own ? `Entered by ${own.updated_by}` : defaultSource,
    as_of: own ? own.updated_at.toISOString().slice(0, 10) : defaultAsOf,
    updated_at: own?.updated_at.toISOString() ?? null,
    updated_by: own?.updated_by ?? null,
    version: own?.version ?? 0,
    prices: Object.entries(markets).map(([market, { name, countries = market, marketing, utility }]) => ({
      market,
      name,
      countries: countries.split(' ').filter(Boolean),
      // nearly everywhere a code costs what a utility template does
      ...(given ? (given[market] ?? unknown) : { marketing, utility, authentication: utility }),
    })),
  };
}

/** Replaces the whole table; a market that is left out is not known. Throws VERSION_CONFLICT. */
export function writePrices(given: Ctx, input: MessagePricesInput): Promise<MessagePrices> {
  return inTransaction(given, async (ctx) => {
    await refuseOld(ctx, input.version);
    const values = {
      currency: input.currency,
      prices: JSON.stringify(Object.fromEntries(input.prices.map(({ market, ...row }) => [market, row]))),
      updated_at: ctx.clock.now(),
      updated_by: ctx.actor.name,
    };
    await ctx.db
      .insertInto('message_prices')
      .values({ workspace_id: ctx.actor.workspaceId, ...values })
      .onConflict((conflict) =>
        conflict.column('workspace_id').doUpdateSet((eb) => ({
          ...values,
          version: eb('message_prices.version', '+', 1),
        })),
      )
      .execute();
    await audit(ctx, 'workspace.prices_changed', subject(ctx), { currency: input.currency });
    return readPrices(ctx);
  });
}

/** Back to the defaults. */
export function dropPrices(given: Ctx): Promise<MessagePrices> {
  return inTransaction(given, async (ctx) => {
    await ctx.db.deleteFrom('message_prices').where('workspace_id', '=', ctx.actor.workspaceId).execute();
    await audit(ctx, 'workspace.prices_reset', subject(ctx), {});
    return readPrices(ctx);
  });
}

const subject = (ctx: Ctx) => ({ type: 'workspace', id: toWireId('wsp', ctx.actor.workspaceId) });

async function refuseOld(ctx: Ctx, version: number | undefined): Promise<void> {
  // two who write at once are one after the other
  await ctx.db
    .selectFrom('workspaces')
    .select('id')
    .where('id', '=', ctx.actor.workspaceId)
    .forNoKeyUpdate()
    .execute();
  if (version !== undefined && (await readPrices(ctx)).version !== version)
    throw new AppError(
      'VERSION_CONFLICT',
      'Somebody else changed the prices since you opened them. Load them again and repeat your change.',
    );
}
