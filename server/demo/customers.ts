// The customers come in as real ones would: they press Start on their (simulated) phones, and the product hears of them
// by polling the bot. Then the shop's own list adds languages, time zones and tags. Safe to repeat at any point.
import { sql } from 'kysely';
import type { Connection } from '../../contract/connections.ts';
import { contactCreate } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import { connect } from '../channels/connect.ts';
import { upsertContacts } from '../contacts/upsert.ts';
import { reply } from '../conversations/reply.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { attributesOf } from './history.ts';
import { declareShopAttributes } from './past.ts';
import {
  blockedBefore,
  type DemoPerson,
  deactivated,
  neverStarted,
  optedOutBefore,
  people,
  questions,
} from './people.ts';
import type { SandboxBot, SandboxClient } from './sandbox-client.ts';
import { until } from './until.ts';

const arrivalLimitMs = 60_000;
const starters = people.filter((person) => !neverStarted.includes(person));

/** Connects what lives in the sandbox through the product's own door, or finds the connection of an earlier start. */
export async function connectInSandbox(
  ctx: Ctx,
  accountId: string,
  given: { channel: Connection['channel']; credentials: Record<string, string> },
): Promise<{ id: string; wireId: string }> {
  const known = await ctx.db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('sandbox', '=', true)
    .where('channel', '=', given.channel)
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (known) return { id: known.id, wireId: toWireId('con', known.id) };
  const made: Connection = await connect(ctx, { ...given, sandbox: true });
  return { id: uuidOf('con', made.id), wireId: made.id };
}

/** Resolves once everybody who pressed Start is a contact. Throws a sentence when they do not arrive within a minute. */
export async function letCustomersIn(
  ctx: Ctx,
  sandbox: SandboxClient,
  bot: SandboxBot,
  connection: { id: string; wireId: string },
  progress: (arrived: number, of: number) => void,
): Promise<void> {
  await sandbox.people(
    people.map((person) => ({
      id: person.userId,
      first_name: person.firstName,
      last_name: person.lastName,
      language_code: person.language.split('-')[0]!,
      ...(person.username ? { username: person.username } : {}),
    })),
  );
  const present = await addressesOf(ctx, connection.id);
  await sandbox.start(
    bot.id,
    starters.map((person) => person.userId).filter((userId) => !present.has(String(userId))),
  );
  await until(ctx, arrivalLimitMs, 'the simulated customers to arrive', async () => {
    const arrived = (await addressesOf(ctx, connection.id)).size;
    progress(arrived, starters.length);
    return arrived >= starters.length;
  });
  await declareShopAttributes(ctx);
  await upsertContacts(
    ctx,
    people.map((person) =>
      contactCreate.parse({
        ...listed(person),
        identities: neverStarted.includes(person)
          ? []
          : [{ connection_id: connection.wireId, address: String(person.userId) }],
      }),
    ),
  );
}

/** What the shop's own customer list says. */
function listed(person: DemoPerson) {
  return {
    external_id: person.externalId,
    first_name: person.firstName,
    last_name: person.lastName,
    phone: person.phone,
    language: person.language,
    time_zone: person.timeZone,
    tags: person.tags,
    attributes: attributesOf(person),
  };
}

/** Some write before the campaign, some have left: blocked, opted out, account deleted. */
export async function letThemAct(
  ctx: Ctx,
  sandbox: SandboxClient,
  bot: SandboxBot,
  connectionId: string,
): Promise<void> {
  for (const { person, text } of questions)
    if (!(await conversationWith(ctx, connectionId, person, text)))
      await sandbox.write(bot.id, person.userId, text);
  const optedOut = await countOptedOut(ctx);
  if (optedOut < optedOutBefore.length)
    for (const person of optedOutBefore) await sandbox.write(bot.id, person.userId, '/stop');
  for (const person of blockedBefore) await sandbox.block(bot.id, person.userId);
  await until(ctx, arrivalLimitMs, 'the messages of the simulated customers', async () => {
    const asked = await Promise.all(
      questions.map(({ person, text }) => conversationWith(ctx, connectionId, person, text)),
    );
    const blocked = await ctx.db
      .selectFrom('identities')
      .select('id')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('connection_id', '=', connectionId)
      .where('reachable', '=', false)
      .execute();
    return (
      asked.every((conversation) => conversation !== null) &&
      (await countOptedOut(ctx)) >= optedOutBefore.length &&
      blocked.length >= blockedBefore.length
    );
  });
  for (const { person, text, answer } of questions) {
    const conversation = await conversationWith(ctx, connectionId, person, text);
    if (answer && conversation && !conversation.answered) await reply(ctx, conversation.id, { text: answer });
  }
  // without a word to anybody, as in life: only the next send finds out
  for (const person of deactivated) await sandbox.deactivate(person.userId);
}

async function addressesOf(ctx: Ctx, connectionId: string): Promise<Set<string>> {
  const rows = await ctx.db
    .selectFrom('identities')
    .select('address')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .execute();
  return new Set(rows.map((row) => row.address));
}

async function countOptedOut(ctx: Ctx): Promise<number> {
  const rows = await ctx.db
    .selectFrom('consents')
    .select('contact_id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('state', '=', 'opted_out')
    .execute();
  return rows.length;
}

/** The conversation in which this person has written exactly that; null: it has not arrived (yet). */
export async function conversationWith(
  ctx: Ctx,
  connectionId: string,
  person: DemoPerson,
  text: string,
  address = String(person.userId),
): Promise<{ id: string; answered: boolean } | null> {
  const row = await ctx.db
    .selectFrom('identities as i')
    .innerJoin('conversations as v', (join) =>
      join
        .onRef('v.workspace_id', '=', 'i.workspace_id')
        .onRef('v.contact_id', '=', 'i.contact_id')
        .onRef('v.connection_id', '=', 'i.connection_id'),
    )
    .innerJoin('messages as m', (join) =>
      join
        .onRef('m.workspace_id', '=', 'i.workspace_id')
        .onRef('m.contact_id', '=', 'i.contact_id')
        .onRef('m.connection_id', '=', 'i.connection_id'),
    )
    .select('v.id')
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('deliveries as d')
            .select('d.id')
            .whereRef('d.workspace_id', '=', 'i.workspace_id')
            .whereRef('d.contact_id', '=', 'i.contact_id')
            .where('d.source', '=', 'reply'),
        )
        .as('answered'),
    )
    .where('i.workspace_id', '=', ctx.actor.workspaceId)
    .where('i.connection_id', '=', connectionId)
    .where('i.address', '=', address)
    .where('m.direction', '=', 'in')
    .where(sql`m.body ->> 'text'`, '=', text)
    .executeTakeFirst();
  return row ? { id: row.id, answered: Boolean(row.answered) } : null;
}
