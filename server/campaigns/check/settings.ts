// The settings step: what of the settings cannot be had together, or not on this connection.
import { checkExemption } from '../exempt.ts';
import { checkPaid } from '../paid.ts';
import type { Must } from './finding.ts';

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
