// Job `contacts.reach_by_phone`: a new WhatsApp number finds the people who were there before it, in chunks, by their phone
// numbers. Whoever comes or changes afterwards is added by the database itself (migration 0058). Safe to repeat at any point.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { besideMerges } from './merge/merge-lock.ts';
import { phoneFacts } from './phone.ts';

export interface ReachByPhoneJob {
  workspaceId: string;
  connectionId: string;
}

const chunkSize = 5000;
/** Then the next in line has its turn. */
const turnMs = 5000;
const before = '00000000-0000-0000-0000-000000000000';

/** In the transaction that makes the connection: whoever comes from now on is added by the database. */
export async function beginReachByPhone(ctx: Ctx, connectionId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    UPDATE connections SET people_after = ${before}, people_done = 0,
      people_total = (SELECT count(*) FROM contacts c WHERE c.workspace_id = ${workspaceId} AND c.phone IS NOT NULL)
    WHERE workspace_id = ${workspaceId} AND id = ${connectionId}`.execute(ctx.db);
  await ctx.jobs.enqueue(
    ctx,
    'contacts.reach_by_phone',
    { workspaceId, connectionId },
    { key: connectionId },
  );
}

export async function reachByPhone(base: BaseCtx, job: ReachByPhoneJob): Promise<void> {
  const endAt = base.clock.elapsedMs() + turnMs;
  while (await reachChunk(base, job))
    if (base.clock.elapsedMs() >= endAt)
      return base.jobs.enqueue(base, 'contacts.reach_by_phone', job, { key: job.connectionId });
}

/** Job `contacts.reach_on`, every five minutes: whatever a crash or a failed job left behind. */
export async function goOnReaching(base: BaseCtx): Promise<void> {
  const { rows } = await sql<ReachByPhoneJob>`
    SELECT workspace_id AS "workspaceId", id AS "connectionId" FROM connections
    WHERE people_total IS NOT NULL AND deleted_at IS NULL`.execute(base.db);
  for (const job of rows)
    await base.jobs.enqueue(base, 'contacts.reach_by_phone', job, { key: job.connectionId });
}

interface Person {
  id: string;
  phone: string;
  phone_check: string | null;
}

/** Returns whether there are more. */
function reachChunk(base: BaseCtx, { workspaceId, connectionId }: ReachByPhoneJob): Promise<boolean> {
  return inTransaction(asSystem(base, workspaceId), async (ctx) => {
    await besideMerges(ctx);
    const { rows: at } = await sql<{ after: string }>`
      SELECT people_after AS after FROM connections
      WHERE workspace_id = ${workspaceId} AND id = ${connectionId} AND people_total IS NOT NULL AND deleted_at IS NULL
      FOR NO KEY UPDATE`.execute(ctx.db);
    if (!at[0]) return false;
    const { rows: people } = await sql<Person>`
      SELECT c.id, c.phone, c.phone_check FROM contacts c
      WHERE c.workspace_id = ${workspaceId} AND c.id > ${at[0].after} AND c.phone IS NOT NULL
      ORDER BY c.id LIMIT ${chunkSize}`.execute(ctx.db);
    // the database gives these an address as it sees their number change from unread to read
    await readPhones(
      ctx,
      people.filter(({ phone_check }) => phone_check === null),
    );
    await giveAddresses(ctx, connectionId, people);
    const isLast = people.length < chunkSize;
    await sql`
      UPDATE connections SET people_after = ${isLast ? null : people.at(-1)!.id}, people_done = people_done + ${people.length},
        people_total = ${isLast ? sql`NULL` : sql`people_total`}
      WHERE workspace_id = ${workspaceId} AND id = ${connectionId}`.execute(ctx.db);
    const frame = { type: 'connection.changed' as const, connection_id: toWireId('con', connectionId) };
    await ctx.hub.publish(ctx, { topic: 'live', workspaceId, frame });
    return !isLast;
  });
}

/** Whoever was written before numbers were read at all; their version stays, as nothing that people see changes. */
async function readPhones(ctx: Ctx, people: Person[]): Promise<void> {
  if (people.length === 0) return;
  const facts = people.map(({ id, phone }) => ({ id, phone, ...phoneFacts(phone) }));
  await sql`
    UPDATE contacts c SET phone_check = r.phone_check, phone_country = r.phone_country
    FROM jsonb_to_recordset(${JSON.stringify(facts)}::jsonb) AS r(id uuid, phone text, phone_check text, phone_country text)
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = r.id AND c.phone = r.phone AND c.phone_check IS NULL`.execute(
    ctx.db,
  );
}

async function giveAddresses(ctx: Ctx, connectionId: string, people: Person[]): Promise<void> {
  const ids = people.filter(({ phone_check }) => phone_check !== null).map(({ id }) => id);
  if (ids.length === 0) return;
  await sql`SELECT give_phone_addresses(${ctx.actor.workspaceId}, ${ids}::uuid[], ${connectionId}, ${ctx.clock.now()}::timestamptz)`.execute(
    ctx.db,
  );
}
