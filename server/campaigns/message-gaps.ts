// Which variables of a message have nothing to say to how many of its audience, before they read "Hi ,".
import { type RawBuilder, sql } from 'kysely';
import type { Content, MessageGap } from '../../contract/message.ts';
import { audienceWhere } from '../deliveries/runs/audience.ts';
import { causesOf, leftOutJoin } from '../deliveries/runs/exclusions.ts';
import type { Ctx } from '../platform/context.ts';
import { getCampaign } from './store.ts';

const columns = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'language',
  'time_zone',
  'external_id',
] as const;
const labels: Record<string, string> = {
  first_name: 'first name',
  last_name: 'last name',
  full_name: 'name',
  email: 'email address',
  phone: 'phone number',
  language: 'language',
  time_zone: 'time zone',
  external_id: 'customer number',
};
/** A message with more variables than this is no message. */
const maxVariables = 20;

/** Throws NOT_FOUND for a campaign that is not in this workspace. The audience is everybody it is meant for, less who is left out. */
export async function messageGaps(ctx: Ctx, content: Content, campaignId: string): Promise<MessageGap[]> {
  const { audience } = await getCampaign(ctx, campaignId);
  const uses = [...variablesOf(content)].slice(0, maxVariables);
  if (uses.length === 0) return [];
  const now = ctx.clock.now();
  const people = await audienceWhere(ctx, audience, now);
  const leftOut = leftOutJoin(await causesOf(ctx, audience.exclude, now));
  const counts = uses.map(
    ([name], index) =>
      sql`count(*) FILTER (WHERE coalesce(${valueIn(name)}, '') = '') AS ${sql.ref(`missing_${index}`)}`,
  );
  const { rows } = await sql<Record<string, number>>`
    SELECT ${sql.join(counts)} FROM contacts c ${leftOut} WHERE ${people} AND left_out.no IS NULL`.execute(
    ctx.db,
  );
  const found = uses.map(([name, fallback], index): MessageGap => {
    const missing = Number(rows[0]?.[`missing_${index}`] ?? 0);
    return { variable: `contact.${name}`, missing, words: wordsFor(name, missing, fallback), fallback };
  });
  return found.filter(({ missing }) => missing > 0).sort((a, b) => b.missing - a.missing);
}

/** Each variable once, with the default that stands behind it; null: somewhere it has none. */
function variablesOf({ text, buttons }: Content): Map<string, string | null> {
  const uses = new Map<string, string | null>();
  const sources = [text, ...buttons.flatMap((button) => [button.text, button.url])];
  for (const source of sources)
    for (const [, name, filters] of source.matchAll(
      /\{\{-?\s*contact\.((?:attributes\.)?\w+)\s*(\|[^}]*)?-?\}\}/g,
    )) {
      if (!name || !isCounted(name)) continue;
      const [, double, single] = /\|\s*default:\s*(?:"([^"]*)"|'([^']*)')/.exec(filters ?? '') ?? [];
      const fallback = double ?? single ?? null;
      uses.set(name, uses.has(name) && uses.get(name) === null ? null : fallback);
    }
  return uses;
}

const isCounted = (name: string) => name in labels || name.startsWith('attributes.');

function valueIn(name: string): RawBuilder<string | null> {
  if (name === 'full_name') return sql`concat(c.first_name, c.last_name)`;
  const column = columns.find((known) => known === name);
  if (column) return sql`${sql.ref(`c.${column}`)}`;
  return sql`c.attributes ->> ${name.slice('attributes.'.length)}`;
}

function wordsFor(name: string, missing: number, fallback: string | null): string {
  const what = labels[name] ?? `“${name.slice('attributes.'.length)}”`;
  const who = missing === 1 ? '1 contact has' : `${missing.toLocaleString('en')} contacts have`;
  return `${who} no ${what}. ${fallback ? `They read “${fallback}”.` : 'Nothing stands there for them: add a default.'}`;
}
