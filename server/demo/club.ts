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

/** Makes them where they are not there yet. */
export async function openClub(ctx: Ctx, sandbox: SandboxClient, bot: SandboxBot): Promise<void> {
  const there = await sandbox.groups();
  let club = there.find((group) => group.title === clubTitle);
  if (!there.some((group) => group.title === newsTitle)) await sandbox.group(bot.id, 'channel', newsTitle);
  if (!club) {
    club = await sandbox.group(bot.id, 'supergroup', clubTitle);
    await sandbox.people(guests);
    const id = club.id;
    await waitFor(ctx, 'the club', async () => (await groupsSeen(ctx)) >= 2);
    for (const { userId } of members) await sandbox.join(id, userId);
    for (const guest of guests) await sandbox.join(id, guest.id);
    for (const [n, text] of said) await sandbox.write(bot.id, members[n]!.userId, text, id);
  }
  await waitFor(
    ctx,
    'the members of the club',
    async () => (await membersSeen(ctx)) >= members.length + guests.length,
  );
}

const waitFor = (ctx: Ctx, what: string, check: () => Promise<boolean>) => until(ctx, limitMs, what, check);

async function groupsSeen(ctx: Ctx): Promise<number> {
  const { n } = await ctx.db
    .selectFrom('groups')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  return Number(n);
}

async function membersSeen(ctx: Ctx): Promise<number> {
  const { n } = await ctx.db
    .selectFrom('group_members')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  return Number(n);
}
