// One page of the people a filter means, in an order, among a million. There are two ways, and which is quick depends on how many are
// meant and on where they lie. A walk: from the page's place on the next people of the order are read off its index and asked one by
// one, which finds at once whoever is frequent. To gather: everybody who is meant is found through the index of what is asked, and
// sorted, which is quick for whoever is rare. One statement with a limit leaves the choice to the planner, who takes people to lie
// evenly in the order and is wrong by seconds where they do not (docs/performance.md).
import { type RawBuilder, sql } from 'kysely';
import type { ContactFilter } from '../../contract/contact-filter.ts';
import type { Ctx } from '../platform/context.ts';
import type { ContactRow } from './contact.ts';
import type { FilterContacts } from './filter.ts';
import { expectedByText, expectedRows, termsOf, textBranches, textHolds } from './search.ts';
import type { Stretch } from './sorts.ts';

/** So many people for each row of the page are asked one by one, at 2 to 5 µs each, before anything else is tried. */
const walkPerRow = 40;
/** Of how many people the rest of a page is expected, so much more are asked: they do not lie evenly. */
const walkFurther = 1.5;

/** A row with its place in the order. */
export type Placed = ContactRow & { _stretch: string; _value: string };
/** Behind which a page begins. */
export interface Place {
  stretch: string;
  value: string;
  id: string;
}

/** At most `most` people of the order behind `from`; null: from its beginning. */
export async function readPeople(
  ctx: Ctx,
  filter: ContactFilter,
  filterContacts: FilterContacts,
  { order, from, most }: { order: Stretch[]; from: Place | null; most: number },
): Promise<Placed[]> {
  const meaning = meaningOf(ctx, filter, filterContacts);
  const rows: Placed[] = [];
  const first = from ? order.findIndex((stretch) => stretch.name === from.stretch) : 0;
  for (const [at, stretch] of order.entries()) {
    const wanted = most - rows.length;
    if (at < first || wanted <= 0) continue;
    rows.push(...(await readStretch(ctx, meaning, { stretch, place: at === first ? from : null, wanted })));
  }
  return rows;
}

/** How many people a filter means: exact. */
export async function countPeople(
  ctx: Ctx,
  filter: ContactFilter,
  filterContacts: FilterContacts,
): Promise<number> {
  const { branches } = await meaningOf(ctx, filter, filterContacts).toGather();
  const counted = await sql<{ n: number }>`
    SELECT count(*) AS n FROM (${everybodyOf(ctx, branches, sql`c.id`)}) c`.execute(ctx.db);
  return counted.rows[0]?.n ?? 0;
}

interface Gathering {
  /** Conditions on the contact `c`; who meets one of them is meant, and nobody meets two. */
  branches: RawBuilder<boolean>[];
  /** How many people have to be looked at, as the planner expects. */
  expected: number;
}
interface Meaning {
  isEverybody: boolean;
  /** One condition on the contact `c`, looked up for each. */
  each(): Promise<RawBuilder<boolean>>;
  /** By the words of the search, looking up the rest for each, or by the rest, looking up the words: by what finds fewer. */
  toGather(): Promise<Gathering>;
}

function meaningOf(ctx: Ctx, filter: ContactFilter, filterContacts: FilterContacts): Meaning {
  const { search, ...rest } = filter;
  const terms = termsOf(search);
  const byWords = async (): Promise<Gathering> => {
    const others = await filterContacts(ctx, rest, 'each');
    return {
      branches: textBranches(ctx, terms).map((branch) => sql<boolean>`(${branch} AND ${others})`),
      expected: await expectedByText(ctx, terms),
    };
  };
  const byRest = async (): Promise<Gathering> => {
    const whole = await filterContacts(ctx, rest, 'whole');
    const words = terms.length > 0 ? sql`AND ${textHolds(ctx, terms)}` : sql``;
    return {
      branches: [sql<boolean>`(${whole} ${words})`],
      expected: await expectedRows(ctx, everybodyOf(ctx, [whole], sql`c.id`)),
    };
  };
  const toGather = async (): Promise<Gathering> => {
    if (terms.length === 0) return byRest();
    const words = await byWords();
    if (!isGiven(rest)) return words;
    const others = await byRest();
    return words.expected <= others.expected ? words : others;
  };
  return {
    isEverybody: terms.length === 0 && !isGiven(rest),
    each: once(() => filterContacts(ctx, filter, 'each')),
    toGather: once(toGather),
  };
}

const isGiven = ({
  tags,
  connection_id,
  segment_id,
  reachable,
  consent,
  rule,
}: Omit<ContactFilter, 'search'>) =>
  Boolean(tags?.length) ||
  [connection_id, segment_id, reachable, consent, rule].some((one) => one !== undefined);

function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

interface Wanted {
  stretch: Stretch;
  place: Place | null;
  wanted: number;
}

async function readStretch(ctx: Ctx, meaning: Meaning, part: Wanted): Promise<Placed[]> {
  const { stretch, wanted } = part;
  const walkOf = async (most: number) => walk(ctx, part, await meaning.each(), most);
  if (meaning.isEverybody && !stretch.isScattered) return walkOf(wanted);
  const { branches, expected } = await meaning.toGather();
  // a walk goes on as long as it is likely to fill the page sooner than to gather everybody would take
  let people = wanted * walkPerRow;
  while (people < expected) {
    const found = await walkOf(people);
    if (found.length === wanted) return found;
    people = Math.ceil(((people * wanted) / found.length) * walkFurther);
  }
  return gather(ctx, part, branches);
}

/** Those of the next `most` people of the order who meet the condition; no more than are wanted. */
async function walk(
  ctx: Ctx,
  { stretch, place, wanted }: Wanted,
  condition: RawBuilder<boolean>,
  most: number,
): Promise<Placed[]> {
  const { workspaceId } = ctx.actor;
  const value = stretch.ranks ?? stretch.value;
  const id = stretch.ranks ? sql`r.contact_id` : sql`c.id`;
  const direction = sql.raw(stretch.direction);
  const [here, later] = stretch.isScattered ? [sql`true`, stretch.where] : [stretch.where, sql`true`];
  const from = stretch.ranks
    ? sql`contact_ranks r JOIN contacts c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id
      WHERE r.workspace_id = ${workspaceId} AND ${value} IS NOT NULL`
    : sql`contacts c WHERE c.workspace_id = ${workspaceId} AND ${here}`;
  const found = await sql<Placed>`
    SELECT c.* FROM (
      SELECT c.*, ${stretch.name} AS _stretch, ${value} AS _sort, ${value}::text AS _value
      FROM ${from} AND ${behind(stretch, place, value, id)}
      ORDER BY ${value} ${direction}, ${id} ${direction} LIMIT ${most}) c
    WHERE ${condition} AND ${later} ORDER BY c._sort ${direction}, c.id ${direction} LIMIT ${wanted}`.execute(
    ctx.db,
  );
  return found.rows.map(placed);
}

/** The first of all who are meant. */
async function gather(
  ctx: Ctx,
  { stretch, place, wanted }: Wanted,
  branches: RawBuilder<boolean>[],
): Promise<Placed[]> {
  const direction = sql.raw(stretch.direction);
  const { workspaceId } = ctx.actor;
  // MATERIALIZED, and the stretch outside: or the limit would have the planner walk the index of the order through everybody
  const found = await sql<Placed>`
    WITH meant AS MATERIALIZED (
      ${everybodyOf(ctx, branches, sql`c.id, ${stretch.value} AS _sort, ${stretch.where} AS _here`)})
    SELECT c.*, ${stretch.name} AS _stretch, m._sort, m._sort::text AS _value
    FROM (
      SELECT m.id, m._sort FROM meant m WHERE m._here AND ${behind(stretch, place, sql`m._sort`, sql`m.id`)}
      ORDER BY m._sort ${direction}, m.id ${direction} LIMIT ${wanted}) m
    JOIN contacts c ON c.workspace_id = ${workspaceId} AND c.id = m.id
    ORDER BY m._sort ${direction}, m.id ${direction}`.execute(ctx.db);
  return found.rows.map(placed);
}

/** `columns` of everybody who meets one of the branches, once each. */
function everybodyOf(
  ctx: Ctx,
  branches: RawBuilder<boolean>[],
  columns: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const each = branches.map(
    (branch) =>
      sql`SELECT ${columns} FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${branch}`,
  );
  return sql`${sql.join(each, sql` UNION ALL `)}`;
}

function behind(
  stretch: Stretch,
  place: Place | null,
  value: RawBuilder<unknown>,
  id: RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (!place) return sql`true`;
  const comparison = sql.raw(stretch.direction === 'asc' ? '>' : '<');
  return sql`(${value}, ${id}) ${comparison} (${place.value}::${sql.raw(stretch.type)}, ${place.id}::uuid)`;
}

function placed({ _sort, ...row }: Placed & { _sort?: unknown }): Placed {
  return row;
}
