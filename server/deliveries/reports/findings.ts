// What went less well than it could, after the send, each with what to do: the causes a person can do something about.
import { factsOf } from '../../../contract/channel-facts.ts';
import { whoIsBlocked } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { FailureGroup, Finding } from '../../../contract/report-parts.ts';

interface Given {
  channel: string;
  campaignId: string;
  sent: number;
  unknown: number;
  /** The platform tells what became of them, sooner or later. */
  settles: boolean;
  failures: { code: string; count: number; group: FailureGroup }[];
}

type Rule = { code: string; words: (n: string) => string; remedy: string; href: string | null };

const rules: Rule[] = [
  {
    code: 'credentials',
    words: (n) => `The platform refused the credentials for ${n}.`,
    remedy: 'Enter the token again, then retry the failed ones',
    href: '/connections',
  },
  {
    code: 'no_rights',
    words: (n) => `The bot may not write to ${n}.`,
    remedy: 'Give the bot the right to write there, then retry the failed ones',
    href: '/connections',
  },
  {
    code: 'content_refused',
    words: (n) => `The platform refused the message for ${n}.`,
    remedy: 'Open one of them for the platform’s own words, then duplicate the campaign with another text',
    href: null,
  },
  {
    code: 'media_refused',
    words: (n) => `The platform could not use the picture for ${n}.`,
    remedy: 'Upload the picture here in place of its address, then duplicate the campaign',
    href: null,
  },
  {
    code: 'template_refused',
    words: (n) => `WhatsApp refused the template for ${n}: it is not approved, or its values do not fit.`,
    remedy: 'Compare the template with what the campaign fills in, then duplicate the campaign',
    href: '/templates',
  },
  {
    code: 'marketing_capped',
    words: (n) => `WhatsApp held the message back from ${n}: they had enough marketing of late.`,
    remedy: 'They can be tried again a day after their message. Write less marketing to them until then',
    href: null,
  },
  {
    code: 'window_closed',
    words: (n) => `${n} had not written within 24 hours when the message arrived at WhatsApp.`,
    remedy: 'Use an approved template in place of free text',
    href: '/templates',
  },
  {
    code: 'template_error',
    words: (n) => `The message could not be made for ${n}: something that it inserts is missing for them.`,
    remedy: 'Give each variable a default, such as {{ contact.first_name | default: "there" }}',
    href: null,
  },
  {
    code: 'platform_unavailable',
    words: (n) => `The platform did not answer properly for ${n}.`,
    remedy: 'Retry the failed ones: nobody gets it twice',
    href: null,
  },
];

/** From this share of all who were tried on, a cause says something about the list of people. */
const share = 0.1;

export function findingsOf({ channel, campaignId, sent, unknown, settles, failures }: Given): Finding[] {
  const failed = failures.reduce((sum, row) => sum + row.count, 0);
  const found: Finding[] = rules.flatMap(({ code, words, remedy, href }) => {
    const count = failures.find((row) => row.code === code)?.count ?? 0;
    if (count === 0) return [];
    if (code === 'no_rights' && factsOf(channel)?.account === 'number')
      return [noRightsOnWhatsApp(people(count))];
    return [{ key: code, words: words(people(count)), remedy: { words: remedy, href } }];
  });
  const lost = failures.reduce(
    (sum, row) => (['invalid_number', 'blocked_contact'].includes(row.group) ? sum + row.count : sum),
    0,
  );
  if (lost >= 5 && lost >= share * (sent + failed))
    found.push({
      key: 'stale_list',
      words: `${people(lost)} of those tried have blocked ${whoIsBlocked(channel)} or no longer exist.`,
      remedy: { words: 'They are left out from now on. Write to who was active lately', href: '/segments' },
    });
  if (unknown > 0)
    found.push({
      key: 'unknown',
      words: settles
        ? `Of ${people(unknown)} it is not known yet whether they got it: the answer was lost, and the platform has not told.`
        : `Of ${people(unknown)} nobody knows whether they got it: the answer was lost.`,
      remedy: {
        words: settles ? 'They settle by themselves. See how' : 'Settle them',
        href: `/campaigns/${toWireId('cmp', campaignId)}/reconciliation`,
      },
    });
  return found;
}

/** Nothing that a bot could be given. */
const noRightsOnWhatsApp = (who: string): Finding => ({
  key: 'no_rights',
  words: `WhatsApp does not let the number write to ${who}.`,
  remedy: { words: 'See what WhatsApp says of the number, then retry the failed ones', href: '/connections' },
});

const people = (count: number) => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`);
