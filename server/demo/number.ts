// A second way to some of the same people: a simulated WhatsApp number. Those with a phone number in the shop's list are on
// it; some have written, one of them too long ago to be answered freely.
import { sql } from 'kysely';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { connectInSandbox, conversationWith } from './customers.ts';
import {
  type DemoPerson,
  fedUpOnWhatsApp,
  notOnWhatsApp,
  people,
  phoneOff,
  whatsappLongAgo,
  whatsappQuestions,
} from './people.ts';
import type { SandboxClient, SandboxNumber } from './sandbox-client.ts';
import { until } from './until.ts';

const limitMs = 30_000;
const longAgoMs = 3 * 86_400_000;
const numberId = '104420171390001';
/** Kept for films and examples (Ofcom). */
const display = '+44 7700 900156';

export const withPhone = people.filter(({ phone }) => phone !== null);
const traitsOf = (person: DemoPerson) => ({
  on_whatsapp: !notOnWhatsApp.includes(person),
  capped: fedUpOnWhatsApp.includes(person),
  offline: phoneOff.includes(person),
});

export interface OpenNumber {
  number: SandboxNumber;
  connection: { id: string; wireId: string };
}

/** Safe to repeat: who has written already does not write again. */
export async function openNumber(ctx: Ctx, sandbox: SandboxClient): Promise<OpenNumber> {
  const number = await sandbox.number(numberId, display, 'Marlow Ceramics');
  await sandbox.onWhatsApp(
    withPhone.map((person) => ({
      phone: person.phone!,
      name: `${person.firstName} ${person.lastName}`,
      ...traitsOf(person),
    })),
  );
  const connection = await connectInSandbox(ctx, number.id, {
    channel: 'whatsapp',
    credentials: number.credentials,
  });
  await letThemWrite(ctx, sandbox, { number, connection }, [whatsappLongAgo, ...whatsappQuestions]);
  await until(
    ctx,
    limitMs,
    'the customers on WhatsApp',
    async () => (await countPeople(ctx, connection.id)) >= withPhone.length,
  );
  await dateBackLongAgo(ctx, sandbox, { number, connection });
  return { number, connection };
}

/** Whoever has not, writes; resolves once all of it is in the inbox. */
export async function letThemWrite(
  ctx: Ctx,
  sandbox: SandboxClient,
  { number, connection }: OpenNumber,
  said: { person: DemoPerson; text: string }[],
  write = (person: DemoPerson, text: string) => sandbox.writeToNumber(number.id, person.phone!, text),
): Promise<void> {
  const missing = async () => {
    const found = await Promise.all(
      said.map(({ person, text }) =>
        conversationWith(ctx, connection.id, person, text, person.phone!.slice(1)),
      ),
    );
    return said.filter((_, index) => found[index] === null);
  };
  for (const { person, text } of await missing()) await write(person, text);
  await until(ctx, limitMs, 'what people write on WhatsApp', async () => (await missing()).length === 0);
}

/** The emulator has no past: the message is dated back, and so is the window that it opened, on both sides. */
async function dateBackLongAgo(ctx: Ctx, sandbox: SandboxClient, open: OpenNumber): Promise<void> {
  const { person, text } = whatsappLongAgo;
  const { workspaceId } = ctx.actor;
  const at = new Date(ctx.clock.now().getTime() - longAgoMs);
  const found = await conversationWith(ctx, open.connection.id, person, text, person.phone!.slice(1));
  await inTransaction(ctx, async ({ db }) => {
    await sql`
      UPDATE messages m SET at = ${at} FROM conversations v
      WHERE v.workspace_id = ${workspaceId} AND v.id = ${found!.id} AND m.workspace_id = v.workspace_id
        AND m.contact_id = v.contact_id AND m.connection_id = v.connection_id AND m.body ->> 'text' = ${text}
        AND m.at > ${at}`.execute(db);
    await sql`
      UPDATE conversations v SET last_inbound_at = ${at}, created_at = ${at}, updated_at = ${at}
      WHERE v.workspace_id = ${workspaceId} AND v.id = ${found!.id} AND NOT EXISTS (
        SELECT 1 FROM messages m WHERE m.workspace_id = v.workspace_id AND m.contact_id = v.contact_id
          AND m.connection_id = v.connection_id AND m.at > ${at})`.execute(db);
  });
  await sandbox.closeWindow(open.number.id, person.phone!);
}

async function countPeople(ctx: Ctx, connectionId: string): Promise<number> {
  const rows = await ctx.db
    .selectFrom('identities')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .execute();
  return rows.length;
}
