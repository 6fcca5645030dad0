// The questions that decide about one person, in their order, and what can be done where one is answered no.
import { sql } from 'kysely';
import type { Campaign, Settings } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Why, WhyCheck, WhyKey } from '../../../contract/why.ts';
import { contactName } from '../../contacts/contact.ts';
import type { RowVerdict } from '../../deliveries/reports/why-row.ts';
import type { Ctx } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { type Evidence, nothing } from './evidence.ts';

export interface Person {
  id: string;
  name: string;
  zone: string | null;
  createdAt: Date;
}

export async function readPerson(ctx: Ctx, id: string): Promise<Person> {
  const row = await ctx.db
    .selectFrom('contacts as c')
    .select(['first_name', 'last_name', 'email', 'phone', 'external_id', 'time_zone', 'created_at'])
    .select(
      sql<
        string | null
      >`(SELECT i.username FROM identities i WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.id
        AND i.username IS NOT NULL LIMIT 1)`.as('username'),
    )
    .where('c.workspace_id', '=', ctx.actor.workspaceId)
    .where('c.id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('contact');
  return { id, name: contactName(row), zone: row.time_zone, createdAt: row.created_at };
}

export interface Asked {
  key: WhyKey;
  words: string;
  evidence: Evidence;
}

/** In their order: those before the deciding one were answered yes, those after it were not asked any more. */
export function checksOf(asked: Asked[], decided: RowVerdict['decided'], open: WhyKey[] = []): WhyCheck[] {
  const at = decided ? asked.findIndex((one) => one.key === decided.key) : -1;
  return asked.map(({ key, words, evidence }, index) => {
    const isAfter = at >= 0 && index > at;
    const outcome =
      isAfter || open.includes(key) ? 'not_checked' : index === at && decided ? decided.outcome : 'yes';
    const told = isAfter
      ? { ...nothing, detail: key === 'send' ? 'Not attempted' : 'Not checked' }
      : evidence;
    return { key, outcome, words, history: null, ...told };
  });
}

export interface Evidences {
  channel: Channel;
  settings: Partial<Settings>;
  /** Of an automation: what happened, and whether it still counted. Null: somebody pressed Send. */
  event: { words: string; evidence: Evidence } | null;
  audience: Evidence;
  exclusion: Evidence;
  address: Evidence;
  consent: Evidence;
  cap: Evidence | null;
  /** Null: no quiet hours hold it. */
  quiet: Evidence | null;
  canary: Evidence | null;
  /** Null: there is one wording only. */
  variant: Evidence | null;
  send: Evidence;
}

export function askedOf(of: Evidences): Asked[] {
  const platform = factsOf(of.channel).name;
  const { settings } = of;
  const hasHoldout = 'holdout_percent' in settings && settings.holdout_percent != null;
  return [
    ...(of.event ? [{ key: 'event' as const, ...of.event }] : []),
    { key: 'audience', words: 'In the audience', evidence: of.audience },
    { key: 'exclusion', words: 'Not left out', evidence: of.exclusion },
    { key: 'address', words: `Can be reached on ${platform}`, evidence: of.address },
    { key: 'consent', words: 'Has not opted out', evidence: of.consent },
    {
      key: 'cap',
      words: 'Within the frequency cap',
      evidence: of.cap ?? { ...nothing, detail: 'No cap counts this campaign' },
    },
    {
      key: 'quiet',
      words: 'Outside quiet hours',
      evidence: of.quiet ?? { ...nothing, detail: 'No quiet hours hold this campaign' },
    },
    ...(hasHoldout
      ? [{ key: 'holdout' as const, words: 'Not in the holdout group', evidence: nothing }]
      : []),
    ...(of.canary
      ? [{ key: 'canary' as const, words: 'The first messages went well', evidence: of.canary }]
      : []),
    ...(of.variant
      ? [{ key: 'variant' as const, words: 'Their wording is chosen', evidence: of.variant }]
      : []),
    { key: 'send', words: `Sent by ${platform}`, evidence: of.send },
  ];
}

/** `campaign`: one that can still be changed. */
export function remediesOf(person: Person, key: WhyKey | null, campaign: Campaign | null): Why['remedies'] {
  const contact = { words: 'Open contact', href: `/contacts/${toWireId('cnt', person.id)}` };
  if ((key === 'audience' || key === 'exclusion') && campaign)
    return [contact, { words: 'Change the audience', href: `/campaigns/${campaign.id}/edit?step=audience` }];
  if (key === 'consent')
    return [contact, { words: 'See their consent', href: `${contact.href}?show=consent` }];
  if (key === 'cap') return [contact, { words: 'Change the cap', href: '/settings#contact-pressure' }];
  if (key === 'quiet') return [contact, { words: 'Change quiet hours', href: '/settings#contact-pressure' }];
  return [contact];
}
