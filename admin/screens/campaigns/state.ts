// What a campaign is doing at this moment, as every screen tells it: its status, and what keeps one that is being sent.
import type { Campaign, CampaignStatus } from '../../../contract/campaigns.ts';
import type { WaitReason } from '../../../contract/waits.ts';

/**
 * `held`: nothing goes out before a person's word. `silent`: its platform does not answer. `waiting`: it goes on by itself.
 * `go`: its test is out, and everybody else waits for a person's go.
 */
export type CampaignState = CampaignStatus | 'held' | 'silent' | 'waiting' | 'go';

/** Waits of hours or of nobody knows how long; those of seconds belong to sending. */
const waits: Partial<Record<WaitReason, CampaignState>> = {
  held: 'held',
  circuit: 'silent',
  canary: 'waiting',
  warm_up: 'waiting',
  quiet: 'waiting',
  local_time: 'waiting',
};

/** Paused before anybody was messaged: it was due and was not sent. */
export function isHeld(campaign: Pick<Campaign, 'status' | 'held'>): boolean {
  return campaign.status === 'paused' && campaign.held;
}

/** `wait`, `go`: what its report says keeps it, where that is known. */
export function campaignState(
  campaign: Pick<Campaign, 'status' | 'held'>,
  wait?: { reason: WaitReason } | null,
  go?: { given_at: string | null } | null,
): CampaignState {
  if (isHeld(campaign)) return 'held';
  if (campaign.status === 'paused' && go?.given_at === null) return 'go';
  return (campaign.status === 'sending' && wait && waits[wait.reason]) || campaign.status;
}
