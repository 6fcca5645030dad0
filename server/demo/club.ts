// A group and a channel that the demo's bot is in: customers join and write there, and so do a few people whom the shop has
// never met.
import type { Ctx } from '../platform/context.ts';
import { neverStarted, people } from './people.ts';
import type { SandboxBot, SandboxClient } from './sandbox-client.ts';
import { until } from './until.ts';

const limitMs = 30_000;
export const clubTitle = 'Marlow Collectors';
const newsTitle = 'Marlow Kiln News';

const guests = [
  {
    id: 398_120_044,
    first_name: 'Ottilie',
    last_name: 'Brankley',
    username: 'ottilie_clay',
    language_code: 'en',
  },
  { id: 398_120_151, first_name: 'Piet', last_name: 'Zonneveld', language_code: 'nl' },
  { id: 398_120_268, first_name: 'Sorcha', last_name: 'Devanny', username: 'sorcha_d', language_code: 'en' },
];
/** Every seventh customer, and one who is on the shop's list and never opened the bot. */
export const members = people
  .filter((person, n) => n % 7 === 3 && !neverStarted.includes(person))
  .concat(neverStarted[0]!);
const said: [number, string][] = [
  [0, 'The new glaze looks wonderful. Does anybody have the tall vase in it?'],
  [1, 'I have two. They are heavier than they look.'],
  [4, 'Please stop me before I buy another bowl.'],
];

/** Makes what is not there yet; whoever has not been heard of joins (again), so that an interrupted start is carried on. */
export async function openClub(ctx: Ctx, sandbox: SandboxClient, bot: SandboxBot): Promise<void> {
  const there = await sandbox.groups();
  if (!there.some((group) => group.title === newsTitle)) await sandbox.group(bot.id, 'channel', newsTitle);
  const club =
    there.find((group) => group.title === clubTitle) ??
    (await sandbox.group(bot.id, 'supergroup', clubTitle));
  await sandbox.people(guests);
  const all = [...members.map((person) => person.userId), ...guests.map((guest) => guest.id)];
  const known = await membersSeen(ctx, club.id);
  for (const user of all) if (!known.has(String(user))) await sandbox.join(club.id, user);
  if (known.size < all.length)
    for (const [n, text] of said) await sandbox.write(bot.id, members[n]!.userId, text, club.id);
  await until(ctx, limitMs, 'the members of the club', async () => {
    const seen = await membersSeen(ctx, club.id);
    return all.every((user) => seen.has(String(user)));
  });
}

async function membersSeen(ctx: Ctx, chat: number): Promise<Set<string>> {
  const rows = await ctx.db
    .selectFrom('group_members as m')
    .innerJoin('groups as g', (join) =>
      join.onRef('g.workspace_id', '=', 'm.workspace_id').onRef('g.id', '=', 'm.group_id'),
    )
    .select('m.address')
    .where('g.workspace_id', '=', ctx.actor.workspaceId)
    .where('g.address', '=', String(chat))
    .execute();
  return new Set(rows.map((row) => row.address));
}
