// Which variables of a message how many of its audience have no value for, and what they read instead, before they read "Hi ,".
import { setImmediate as othersFirst } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Content, MessageGap, RenderedAttachment } from '../../../contract/message.ts';
import { audienceWhere } from '../../deliveries/runs/audience.ts';
import { causesOf, leftOutJoin } from '../../deliveries/runs/exclusions.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { knownAttributes } from '../../templates/attributes.ts';
import { type Known, type Lack, type LackReader, lackReader, type Presence } from '../../templates/lack.ts';
import { messagePlace, renderedAttachment } from '../../templates/place.ts';
import { templateOf } from '../../whatsapp-templates/message-place.ts';
import { getCampaign } from '../store.ts';

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
/** People who lack the same values are looked at together; of very many kinds the largest ones. */
const kindsAtMost = 50;
const sentencesAtMost = 3;

/** Some of the audience who lack the same values. */
interface Kind extends Known {
  people: number;
}

/** Throws NOT_FOUND for a campaign that is not in this workspace. The audience is everybody it is meant for, less who is left out. */
export async function messageGaps(ctx: Ctx, content: Content, campaignId: string): Promise<MessageGap[]> {
  const { audience, connection_id } = await getCampaign(ctx, campaignId);
  const connectionId = connection_id && uuidOf('con', connection_id);
  const bare = await messagePlace(ctx, null, connectionId);
  const place = {
    ...bare,
    attachments: await filesOf(ctx, content),
    template: await templateOf(ctx, content, connectionId),
  };
  const reader = lackReader(content, await knownAttributes(ctx), bare.connection.channel, place);
  const names = (reader?.values ?? []).filter(isCounted).slice(0, maxVariables);
  if (!reader || names.length === 0) return [];
  const kinds = await kindsOf(ctx, audience, names);
  const gaps: MessageGap[] = [];
  for (const name of names) {
    const lacking = kinds.filter(({ presence }) => presence.get(name) !== 'known');
    const found = await lacksOf(reader, name, lacking);
    if (found.length > 0) gaps.push(gapOf(name, sum(lacking), found));
  }
  return gaps.sort((a, b) => b.missing - a.missing);
}

/** Those that are gone are told elsewhere. */
async function filesOf(ctx: Ctx, { media }: Content): Promise<RenderedAttachment[]> {
  const found = await Promise.all(media.map((one) => renderedAttachment(ctx, one).catch(absent)));
  return found.filter((one) => one !== null);
}
function absent(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}

async function kindsOf(ctx: Ctx, audience: Campaign['audience'], names: string[]): Promise<Kind[]> {
  const now = ctx.clock.now();
  const people = await audienceWhere(ctx, audience, now);
  const leftOut = leftOutJoin(await causesOf(ctx, audience.exclude, now));
  // one digit of base 3 for each value: a million rows are grouped by a number twice as fast as by a text
  const digits = names.map(
    (name, index) =>
      sql`CASE coalesce(${valueIn(name)}, ${absentMark}) WHEN ${absentMark} THEN ${sql.lit(3 ** index)} WHEN '' THEN ${sql.lit(2 * 3 ** index)} ELSE 0 END`,
  );
  // what is said often depends on the language
  const language = names.includes('language') ? sql`, c.language` : sql``;
  const { rows } = await sql<{ states: string; language?: string | null; people: number }>`
    SELECT count(*) AS people, (${sql.join(digits, sql` + `)})::bigint AS states ${language}
    FROM contacts c ${leftOut} WHERE ${people} AND left_out.no IS NULL GROUP BY states ${language}
    ORDER BY people DESC, states ${language}`.execute(ctx.db);
  return rows.map((row) => ({
    presence: new Map(
      names.map((name, index) => [
        name,
        presences[Math.floor(Number(row.states) / 3 ** index) % 3] as Presence,
      ]),
    ),
    language: row.language || null,
    people: Number(row.people),
  }));
}

const presences: Presence[] = ['known', 'absent', 'empty'];
/** Stands for NULL, so that each value is looked at once. */
const absentMark = sql.lit('\u0001');

/** Each thing that happens to people who lack it, with how many it happens to; the worst first. */
async function lacksOf(reader: LackReader, name: string, kinds: Kind[]): Promise<Found[]> {
  const found = new Map<string, Found>();
  for (const kind of kinds.slice(0, kindsAtMost)) {
    const lack = reader.lackOf(name, kind);
    if (lack) {
      const key = lack.kind === 'other' ? lack.kind : JSON.stringify(lack);
      found.set(key, { lack, people: (found.get(key)?.people ?? 0) + kind.people });
    }
    await othersFirst();
  }
  return [...found.values()].sort(
    (a, b) => order.indexOf(a.lack.kind) - order.indexOf(b.lack.kind) || b.people - a.people,
  );
}

interface Found {
  lack: Lack;
  people: number;
}
const order: Lack['kind'][] = ['refused', 'nothing', 'other', 'instead'];

const sum = (kinds: Kind[]) => kinds.reduce((total, { people }) => total + people, 0);
const isCounted = (name: string) => name in labels || name.startsWith('attributes.');

function valueIn(name: string): RawBuilder<string | null> {
  if (name === 'full_name') return sql`nullif(concat(c.first_name, c.last_name), '')`;
  const column = columns.find((known) => known === name);
  if (column) return sql`${sql.ref(`c.${column}`)}`;
  return sql`c.attributes ->> ${name.slice('attributes.'.length)}`;
}

function gapOf(name: string, missing: number, found: Found[]): MessageGap {
  const what = labels[name] ?? `“${name.slice('attributes.'.length)}”`;
  const who = missing === 1 ? '1 contact has' : `${missing.toLocaleString('en')} contacts have`;
  const [worst] = found as [Found];
  return {
    variable: `contact.${name}`,
    missing,
    words: [
      `${who} no ${what}.`,
      ...found.slice(0, sentencesAtMost).map((one) => sentence(one, missing)),
    ].join(' '),
    fallback: 'text' in worst.lack ? worst.lack.text : null,
  };
}

function sentence({ lack, people }: Found, missing: number): string {
  const some = people === missing ? null : `${people.toLocaleString('en')} of them`;
  const they = some ?? 'They';
  const read = some && people === 1 ? 'reads' : 'read';
  if (lack.kind === 'nothing') return `Nothing stands there for ${some ?? 'them'}: add a default.`;
  if (lack.kind === 'refused')
    return `${they} ${some && people === 1 ? 'gets' : 'get'} no message. ${lack.why}`;
  if (lack.kind === 'other') return `${they} ${read} something else instead, like “${lack.text}”.`;
  return `${they} ${read} “${lack.text}”.`;
}
