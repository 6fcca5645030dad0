// The settings step: what of the settings cannot be had together, or not on this connection.
import { isDeepStrictEqual } from 'node:util';
import { variantKeys } from '../../../contract/variants.ts';
import { linkBase, linksOf } from '../../deliveries/links/run-links.ts';
import { invalidField } from '../../platform/errors.ts';
import { checkExemption } from '../exempt.ts';
import { testersOf } from '../message/enqueue-tests.ts';
import { checkPaid } from '../paid.ts';
import { checkTogether } from '../together.ts';
import { type Finding, finding, type Must, type Sendable } from './finding.ts';

export const exemptionAllowed: Must = {
  key: 'exemption',
  step: 'settings',
  holds: (_ctx, { campaign }) => checkExemption(campaign),
};

export const paidPossible: Must = {
  key: 'paid_broadcast',
  step: 'settings',
  holds: (ctx, { campaign, connection }) => checkPaid(ctx, connection.id, campaign.settings),
};

export const settingsTogether: Must = {
  key: 'together',
  step: 'settings',
  holds: (_ctx, { campaign }) => checkTogether(campaign),
};

export const testersThere: Must = {
  key: 'test_first',
  step: 'settings',
  holds: async (ctx, { campaign: { settings }, connection }) => {
    const { test_first } = settings;
    if (test_first)
      await testersOf(ctx, connection.channel, test_first.contact_ids, '/settings/test_first/contact_ids');
  },
};

/** A test by clicks needs something to press, and clicks that are counted. */
export const winnerCountable: Must = {
  key: 'winner',
  step: 'settings',
  holds: async (ctx, { campaign: { settings, content }, connection }) => {
    const { ab, track_links } = settings;
    if (ab?.winner.by !== 'clicks') return;
    const pointer = '/settings/ab/winner';
    const without = [content, ...ab.variants.map((variant) => variant.content)].findIndex(
      (one) => linksOf([one], connection.channel).length === 0,
    );
    if (!track_links)
      throw invalidField(
        pointer,
        'Clicks are not counted in this campaign, so they cannot choose a winner. Switch “Count clicks” on, or let something else decide.',
      );
    if (without >= 0)
      throw invalidField(
        pointer,
        `In wording ${variantKeys[without]?.toUpperCase()} there is no link whose clicks are counted, so clicks cannot choose a winner. Add one, or let something else decide.`,
      );
    if (!(await linkBase(ctx, connection.id)))
      throw invalidField(
        pointer,
        'Recipients cannot reach this installation, so no click can be counted. Start it with PUBLIC_URL, or let something else decide.',
      );
  },
};

/** Two variants that say the same are no test: nothing could come of comparing them. */
export function adviceOnWordings({ campaign: { content, settings } }: Sendable): Finding[] {
  const all = [content, ...(settings.ab?.variants.map((one) => one.content) ?? [])];
  return all.flatMap((one, index) => {
    const first = all.findIndex((other) => isDeepStrictEqual(other, one));
    // what is empty is refused as that
    if (first === index || (!one.text.trim() && one.media.length === 0)) return [];
    const [a, b] = [first, index].map((place) => variantKeys[place]?.toUpperCase());
    const words = `Variant ${b} says the same as ${a}: nothing could come of comparing them.`;
    return [finding('ab_same', 'warning', `/settings/ab/variants/${index - 1}/content/text`, words)];
  });
}

/** Below this many people a share of them says nothing. */
const tellingPeople = 100;

export function adviceOnSettings({ campaign: { settings } }: Sendable, reachable: number): Finding[] {
  const { ab, holdout_percent } = settings;
  const perVariant = ab ? Math.floor((reachable * ab.test_percent) / 100 / (ab.variants.length + 1)) : 0;
  const heldOut = Math.floor((reachable * (holdout_percent ?? 0)) / 100);
  return [
    ...(ab && perVariant < tellingPeople
      ? [
          finding(
            'ab_small',
            'warning',
            '/settings/ab',
            `Each variant would be tried on about ${perVariant} people. Below ${tellingPeople} a difference is mostly chance: make the test larger, or try fewer variants.`,
          ),
        ]
      : []),
    ...(holdout_percent !== null && heldOut < tellingPeople
      ? [
          finding(
            'holdout_small',
            'warning',
            '/settings/holdout_percent',
            `The holdout group would have about ${heldOut} people. Below ${tellingPeople} the comparison will say little.`,
          ),
        ]
      : []),
  ];
}
