// A campaign as it would go out next, for whoever asks ahead of time whom it reaches.
import type { Campaign } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { isBlank } from '../../../contract/message.ts';
import type { RecipientLocal } from '../../deliveries/runs/due.ts';
import type { AudiencePlan } from '../../deliveries/runs/reach.ts';
import { nextHour } from '../schedules/schedule.ts';

export function audiencePlan(
  campaign: Campaign,
  connection: { id: string; channel: Channel },
  now: Date,
): { plan: AudiencePlan; at: Date } {
  // a draft would begin with the earliest hour that is still to come; a scheduled one has its beginning
  const from = campaign.status === 'draft' || !campaign.scheduled_at ? now : new Date(campaign.scheduled_at);
  // nobody has chosen a template or written a text yet: a campaign mostly goes by a template, and as free text it would seem to reach hardly anybody
  const { content, ...rest } = campaign;
  const { takesTemplates } = factsOf(connection.channel);
  const known = takesTemplates && isBlank(content, connection.channel) ? {} : { content };
  return {
    plan: { ...rest, ...known, connection, local: localFrom(campaign, from) },
    at: nextHour(campaign, now),
  };
}

/** The plan by everybody's own clock of a run that is due at `from`; null: the campaign goes by one clock. */
export function localFrom({ schedule }: Pick<Campaign, 'schedule'>, from: Date): RecipientLocal | null {
  if (schedule.mode !== 'recipient_local') return null;
  const { local, time_zone, passed } = schedule;
  return { local, time_zone, passed, from: from.toISOString() };
}
