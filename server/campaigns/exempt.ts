// Who may ignore frequency caps and quiet hours: what a person waits for, never a promotion to many.
import type { CampaignKind, Settings } from '../../contract/campaigns.ts';
import { invalidField } from '../platform/errors.ts';
import { isAutomated } from './campaign.ts';

/** Throws VALIDATION_FAILED at the exemption. Cart and order messages, and messages of service, may be exempt. */
export function checkExemption(
  kind: CampaignKind,
  settings: Pick<Settings, 'purpose' | 'pressure'> | undefined,
): void {
  if (!settings || isAutomated(kind) || settings.purpose === 'service') return;
  for (const field of ['ignore_caps', 'ignore_quiet_hours'] as const)
    if (settings.pressure[field])
      throw invalidField(
        `/settings/pressure/${field}`,
        'A marketing message to many cannot be exempt. Send false, or set purpose to "service" if people wait for it.',
      );
}
