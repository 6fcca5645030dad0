// Back in stock, beforehand: who would be told at the next check. A wait is a product there, with any number of people behind it.
import { sql } from 'kysely';
import { type CheckedPerson, eventReasonWords } from '../../../contract/automations.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import type { AutomationState } from '../../campaigns/automation.ts';
import { isWish } from '../../campaigns/wishes.ts';
import type { Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../../platform/db/pages.ts';
import { type Back, interested, whatIsBack, wishesOf } from '../restock.ts';
import { type JudgedWait, judgeAll } from './judge-waits.ts';
import { namesOf, subjectsOf } from './subjects.ts';

interface Looked {
  /** Everybody who was looked at, by id. */
  people: string[];
  judged: JudgedWait[];
}

const waitsUntil = (ctx: Ctx, campaignId: string, since: Date) => sql`
  SELECT w.subject_id AS product_id, w.since FROM trigger_waits w
  WHERE w.workspace_id = ${ctx.actor.workspaceId} AND w.campaign_id = ${campaignId} AND w.since <= ${since}`;

/** The first people behind the waits that began no later than `since`, with what would become of them. */
export async function judgeRestocks(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationState,
  { since, at, after = null, limit }: { since: Date; at: Date; after?: string | null; limit: number },
): Promise<Looked> {
  const products = await whatIsBack(ctx, waitsUntil(ctx, campaignId, since));
  return lookAt(ctx, campaignId, automation, { products, at, after, limit });
}

async function lookAt(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationState,
  { products, at, after, limit }: { products: Back[]; at: Date; after: string | null; limit: number },
): Promise<Looked> {
  const people = products.length === 0 ? [] : await interested(ctx, automation, products, after, limit);
  const events = await wishesOf(ctx, campaignId, automation, { id: newId(), products }, people);
  return { people, judged: await judgeAll(ctx, campaignId, automation, events, at) };
}

/** By contact, a page at a time; of several products the one whose delay ends first is named. */
export async function restockPeople(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationState,
  {
    page,
    at,
    verdict,
  }: { page: PageQuery; at: Date; verdict: (one: JudgedWait, dueAt: Date, at: Date) => Verdict },
): Promise<Page<CheckedPerson>> {
  const waits = await ctx.db
    .selectFrom('trigger_waits')
    .select(['subject_id', 'since'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .orderBy('since')
    .execute();
  const products = await whatIsBack(ctx, waitsUntil(ctx, campaignId, at));
  const { people, judged } = await lookAt(ctx, campaignId, automation, {
    products,
    at,
    after: contactIn(page.cursor),
    limit: page.limit + 1,
  });
  const shown = people.slice(0, page.limit);
  const wants = await ctx.db
    .selectFrom('product_interest as i')
    .select(['i.contact_id', 'i.product_id'])
    .distinct()
    .where('i.workspace_id', '=', ctx.actor.workspaceId)
    .where(isWish(ctx, automation))
    .where(sql<boolean>`i.contact_id = ANY(${shown}::uuid[])`)
    .where(sql<boolean>`i.product_id = ANY(${products.map((one) => one.product_id)}::uuid[])`)
    .execute();
  const subjects = await subjectsOf(ctx, automation.kind, [...new Set(wants.map((row) => row.product_id))]);
  const names = await namesOf(ctx, shown);
  const verdicts = new Map(judged.map((one) => [one.contactId, one]));
  const data = shown.flatMap((contactId): CheckedPerson[] => {
    const wait = waits.find(({ subject_id }) =>
      wants.some((row) => row.contact_id === contactId && row.product_id === subject_id),
    );
    const subject = wait && subjects.get(wait.subject_id);
    if (!subject) return [];
    const dueAt = new Date(wait.since.getTime() + automation.delayMinutes * 60_000);
    const one = verdicts.get(contactId);
    return [
      {
        contact_id: toWireId('cnt', contactId),
        name: names.get(contactId) ?? '',
        subject,
        since: wait.since.toISOString(),
        due_at: dueAt.toISOString(),
        ...(one ? verdict(one, dueAt, at) : noWish),
      },
    ];
  });
  const last = shown.at(-1);
  return {
    data,
    next_cursor: people.length > page.limit && last ? encodeCursor(['restock', '', last]) : null,
  };
}

type Verdict = Pick<CheckedPerson, 'verdict' | 'reason' | 'words' | 'until'>;
const noWish: Verdict = {
  verdict: 'leave_out',
  reason: 'no_wish',
  words: eventReasonWords('no_wish'),
  until: null,
};

function contactIn(cursor: string | undefined): string | null {
  if (!cursor) return null;
  const [list, , id] = decodeCursor(cursor);
  if (list !== 'restock' || !/^[0-9a-f-]{36}$/.test(id)) throw invalidCursor();
  return id;
}
