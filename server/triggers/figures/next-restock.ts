// Back in stock, beforehand: who would be told at the next check. A wait is a product there, with any number of people behind it.
import { sql } from 'kysely';
import { type CheckedPerson, eventReasonWords, type NextCheck } from '../../../contract/automations.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import type { AutomationState } from '../../campaigns/automation.ts';
import { isWish } from '../../campaigns/wishes.ts';
import type { Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../../platform/db/pages.ts';
import { type Batch, interested, openBatch, whatIsBack, wishesOf } from '../restock.ts';
import { type JudgedWait, judgeAll } from './judge-waits.ts';
import { namesOf, subjectsOf } from './subjects.ts';

interface Looked {
  /** Everybody who was looked at, by id. */
  people: string[];
  judged: JudgedWait[];
}
/** What is told of at once, and to whom it has come already. */
type Telling = Pick<Batch, 'id' | 'products' | 'reached'>;

const waitsUntil = (ctx: Ctx, campaignId: string, since: Date) => sql`
  SELECT w.subject_id AS product_id, w.since FROM trigger_waits w
  WHERE w.workspace_id = ${ctx.actor.workspaceId} AND w.campaign_id = ${campaignId} AND w.since <= ${since}`;

/** Of the next check: the telling that is under way goes on, and then there is one of the waits that began no later than `since`. */
async function tellings(ctx: Ctx, campaignId: string, since: Date) {
  const underWay = await openBatch(ctx, campaignId);
  const products = await whatIsBack(ctx, waitsUntil(ctx, campaignId, since));
  const next: Telling = { id: newId(), products, reached: null };
  return { underWay, next };
}

/** The first people behind `after` whom these come to, with what would become of them: of some twice, of each product once. */
async function lookAt(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationState,
  all: Telling[],
  { at, after, limit }: { at: Date; after: string | null; limit: number },
): Promise<Looked & { each: Map<Telling, Set<string>> }> {
  const each = new Map<Telling, Set<string>>();
  for (const one of all) {
    const from = [after, one.reached].reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b));
    const found =
      one.products.length === 0 ? [] : await interested(ctx, automation, one.products, from, limit);
    each.set(one, new Set(found));
  }
  const people = [...new Set(each.values().flatMap((some) => [...some]))].sort().slice(0, limit);
  const told = new Map<string, string[]>();
  const judged: JudgedWait[] = [];
  for (const one of all) {
    const own = people.filter((id) => each.get(one)?.has(id));
    const events = (await wishesOf(ctx, campaignId, automation, one, own)).flatMap((event) => {
      const products = event.products?.filter(({ id }) => !told.get(event.contactId)?.includes(id)) ?? [];
      return products.length === 0 ? [] : { ...event, products };
    });
    const verdicts = await judgeAll(ctx, campaignId, automation, events, at);
    for (const { contactId, reason } of verdicts)
      if (reason === null)
        told.set(contactId, [
          ...(told.get(contactId) ?? []),
          ...events.flatMap((event) =>
            event.contactId === contactId ? (event.products ?? []).map(({ id }) => id) : [],
          ),
        ]);
    judged.push(...verdicts);
  }
  return { people, judged, each };
}

/** Whom the next check comes to, the first `limit` of them, and the telling that is under way. */
export async function judgeRestocks(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationState,
  { since, at, limit }: { since: Date; at: Date; limit: number },
): Promise<Looked & { underWay: NextCheck['under_way'] }> {
  const { underWay, next } = await tellings(ctx, campaignId, since);
  const all = underWay ? [underWay, next] : [next];
  const { people, judged, each } = await lookAt(ctx, campaignId, automation, all, { at, after: null, limit });
  return {
    people,
    judged,
    underWay: underWay
      ? {
          since: underWay.created_at.toISOString(),
          products: underWay.products.length,
          people: each.get(underWay)?.size ?? 0,
        }
      : null,
  };
}

/** By contact, a page at a time; of several products the one that is told of first is named. */
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
  const { underWay, next } = await tellings(ctx, campaignId, at);
  const all = underWay ? [underWay, next] : [next];
  const limits = { at, after: contactIn(page.cursor), limit: page.limit + 1 };
  const { people, judged, each } = await lookAt(ctx, campaignId, automation, all, limits);
  const shown = people.slice(0, page.limit);
  const wants = await ctx.db
    .selectFrom('product_interest as i')
    .select(['i.contact_id', 'i.product_id'])
    .distinct()
    .where('i.workspace_id', '=', ctx.actor.workspaceId)
    .where(isWish(ctx, automation))
    .where(sql<boolean>`i.contact_id = ANY(${shown}::uuid[])`)
    .where(sql<boolean>`i.product_id = ANY(${all.flatMap(idsOf)}::uuid[])`)
    .execute();
  const wantsOf = Map.groupBy(wants, (row) => row.contact_id);
  const subjects = await subjectsOf(ctx, automation.kind, [...new Set(wants.map((row) => row.product_id))]);
  const names = await namesOf(ctx, shown);
  const delayMs = automation.delayMinutes * 60_000;
  // of two the one that comes first
  const verdicts = new Map(judged.toReversed().map((one) => [one.contactId, one]));
  const data = shown.flatMap((contactId): CheckedPerson[] => {
    const wanted = new Set(wantsOf.get(contactId)?.map((row) => row.product_id));
    const begun = underWay && each.get(underWay)?.has(contactId) ? underWay : undefined;
    const product = begun && idsOf(begun).find((id) => wanted.has(id));
    const wait = product
      ? { subject_id: product, since: new Date(begun.created_at.getTime() - delayMs) }
      : waits.find(({ subject_id }) => wanted.has(subject_id));
    const subject = wait && subjects.get(wait.subject_id);
    if (!subject) return [];
    const dueAt = new Date(wait.since.getTime() + delayMs);
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

const idsOf = ({ products }: Pick<Telling, 'products'>) => products.map((one) => one.product_id);

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
