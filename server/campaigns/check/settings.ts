// The settings step: what of the settings cannot be had together, or not on this connection.
import { checkExemption } from '../exempt.ts';
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
