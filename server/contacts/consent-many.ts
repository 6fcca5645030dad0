// Consent of many people at once, as an import brings it: the same rows and the same history as one by one, in a few
// statements however many.
import { sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import type { ConsentChange } from './consent.ts';

export interface ManyConsent {
  /** uuid; each once */
  contactId: string;
  wording: string;
  /** When they agreed, with proof; null: no proof that could overrule an opt-out. */
  proofAt: Date | null;
}

/**
 * In a transaction. An opt-out in our records is overruled only by a proof that is later than it. Returns who stays opted out
 * against what was asked, and when they last said no.
 */
export async function recordConsents(
  ctx: Ctx,
  change: Omit<ConsentChange, 'wording' | 'undoable'>,
  people: ManyConsent[],
): Promise<Map<string, Date>> {
  if (people.length === 0) return new Map();
  const optedOut =
    change.state === 'opted_in' ? await optOutsOf(ctx, change, people) : new Map<string, Date>();
  const mayOverrule = people.filter(({ contactId, proofAt }) => {
    const since = optedOut.get(contactId);
    return since !== undefined && proofAt !== null && proofAt > since;
  });
  const others = people.filter(({ contactId }) => !optedOut.has(contactId));
  for (const { contactId } of mayOverrule) optedOut.delete(contactId);
  await write(ctx, change, mayOverrule, true);
  const written = await write(ctx, change, others, false);
  if (change.state !== 'opted_in') return optedOut;
  // whom an opt-out reached between our look and our write
  const left = others.filter(({ contactId }) => !written.has(contactId));
  return new Map([...optedOut, ...(await optOutsOf(ctx, change, left))]);
}

/** Locked, so that what is decided by them still holds when it is written. */
async function optOutsOf(
  ctx: Ctx,
  change: Pick<ConsentChange, 'channel' | 'purpose'>,
  people: ManyConsent[],
): Promise<Map<string, Date>> {
  if (people.length === 0) return new Map();
  const { rows } = await sql<{ contact_id: string; at: Date }>`
    SELECT contact_id, coalesce(repeated_at, at) AS at FROM consents
    WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ANY(${people.map((one) => one.contactId)}::uuid[])
      AND channel = ${change.channel} AND purpose = ${change.purpose} AND state = 'opted_out'
    ORDER BY contact_id FOR UPDATE`.execute(ctx.db);
  return new Map(rows.map(({ contact_id, at }) => [contact_id, at]));
}

/**
 * `mayOverrule`: an opt-out too; else one that comes in between stays. A no said again keeps its first time and wording. Returns
 * whose consent was written or said again.
 */
async function write(
  ctx: Ctx,
  change: Omit<ConsentChange, 'wording' | 'undoable'>,
  people: ManyConsent[],
  mayOverrule: boolean,
): Promise<Set<string>> {
  if (people.length === 0) return new Set();
  const { actor } = ctx;
  const { channel, purpose, state, source } = change;
  const sorted = people.toSorted((a, b) => (a.contactId < b.contactId ? -1 : 1));
  const { rows } = await sql<{ contact_id: string }>`
    WITH given AS (
      SELECT * FROM unnest(${sorted.map((one) => one.contactId)}::uuid[], ${sorted.map(() => newId())}::uuid[],
        ${sorted.map((one) => one.wording)}::text[]) AS g(contact_id, id, wording)
    ), written AS (
      INSERT INTO consents (workspace_id, contact_id, channel, purpose, state, source, wording, at)
      SELECT ${actor.workspaceId}::uuid, contact_id, ${channel}, ${purpose}, ${state}, ${source}, wording, ${ctx.clock.now()}::timestamptz
      FROM given
      ON CONFLICT (workspace_id, contact_id, channel, purpose)
      DO UPDATE SET state = excluded.state,
        source = CASE consents.state WHEN excluded.state THEN consents.source ELSE excluded.source END,
        wording = CASE consents.state WHEN excluded.state THEN consents.wording ELSE excluded.wording END,
        at = CASE consents.state WHEN excluded.state THEN consents.at ELSE excluded.at END,
        repeated_at = CASE consents.state WHEN excluded.state THEN greatest(consents.repeated_at, excluded.at) END
      WHERE CASE consents.state WHEN excluded.state THEN excluded.state = 'opted_out'
        ELSE ${mayOverrule} OR consents.state <> 'opted_out' END
      RETURNING contact_id
    )
    INSERT INTO consent_changes (workspace_id, id, contact_id, channel, purpose, state, source, wording, undoable, actor_kind, actor_name, at)
    SELECT ${actor.workspaceId}::uuid, g.id, g.contact_id, ${channel}, ${purpose}, ${state}, ${source}, g.wording, true,
      ${actor.kind}, ${actor.name}, ${ctx.clock.now()}::timestamptz
    FROM given g JOIN written w USING (contact_id)
    RETURNING contact_id`.execute(ctx.db);
  return new Set(rows.map((row) => row.contact_id));
}
