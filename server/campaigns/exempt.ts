// Who may ignore frequency caps and quiet hours: what a person waits for, never a promotion to many.
import type { Campaign, CampaignKind, Settings } from '../../contract/campaigns.ts';
import { invalidField } from '../platform/errors.ts';
import { isAutomated } from './campaign.ts';

interface Plan {
  kind: CampaignKind;
  type: Campaign['type'];
  settings: Pick<Settings, 'purpose' | 'pressure'>;
}

/** Throws VALIDATION_FAILED at the purpose or the exemption. Cart and order messages, and messages of service, may be exempt. */
export function checkExemption({ kind, type, settings }: Plan): void {
  const { purpose, pressure } = settings;
  if (type === 'promotional' && purpose === 'service')
    throw invalidField(
      '/settings/purpose',
      'A promotional campaign cannot be of service. Choose "marketing", or another type (such as "informational") if people wait for this message.',
    );
  if (isAutomated(kind) || purpose === 'service') return;
  for (const field of ['ignore_caps', 'ignore_quiet_hours'] as const)
    if (pressure[field])
      throw invalidField(
        `/settings/pressure/${field}`,
        'A marketing message to many cannot be exempt. Send false, or, if people wait for it, set purpose to "service" and a type that is not "promotional".',
      );
}
