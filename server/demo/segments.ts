// The demo's segments: the presets as everybody finds them, one that asks for a group, one that WhatsApp reaches, and a list
// kept by hand.
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { changeMembers } from '../segments/change-members.ts';
import { presets } from '../segments/presets.ts';
import { createSegment } from '../segments/save.ts';
import { clubTitle } from './club.ts';
import { hasAny } from './past.ts';

const guests = 12;
export const whatsappSegment = 'Reached on WhatsApp';

export async function makeSegments(ctx: Ctx): Promise<void> {
  if (await hasAny(ctx, 'segments')) return;
  const { workspaceId } = ctx.actor;
  const open = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('orders_count', '>', 0)
    .orderBy('external_id')
    .limit(guests)
    .execute();
  const add = open.map((row) => toWireId('cnt', row.id));
  // together, so that its first count finds them
  await inTransaction(ctx, async (ctx) => {
    const list = await createSegment(ctx, { name: 'Guests of the open studio day' });
    await changeMembers(ctx, uuidOf('seg', list.id), { add, remove: [] });
  });
  const club = await ctx.db
    .selectFrom('groups')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('title', '=', clubTitle)
    .executeTakeFirst();
  if (club)
    await createSegment(ctx, {
      name: 'Collectors we can write to',
      rule: {
        all: [
          { field: 'group', group_id: toWireId('grp', club.id) },
          { field: 'identity', channel: 'telegram', reachable: true },
        ],
      },
    });
  await createSegment(ctx, {
    name: whatsappSegment,
    rule: { field: 'identity', channel: 'whatsapp', reachable: true },
  });
  for (const { name, rule } of presets.toReversed()) await createSegment(ctx, { name, rule });
}
