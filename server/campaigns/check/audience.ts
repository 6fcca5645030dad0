// The audience step: whom the campaign is for, whether they are still there and whether anybody can be reached.
import { sql } from 'kysely';
import type { Audience, AudienceCount } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { countAudience } from '../../deliveries/runs/reach.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { audiencePlan } from '../audience/audience-plan.ts';
import { checkStillThere, chosenGone, goneExclusions } from '../references.ts';
import { type Advice, type Finding, finding, type Must } from './finding.ts';
import { adviceOnSettings } from './settings.ts';

export const audienceThere: Must = {
  key: 'audience',
  step: 'audience',
  holds: (ctx, { campaign: { audience } }) => checkStillThere(ctx, audience),
};

/** Throws AUDIENCE_EMPTY with what keeps everybody from getting it. */
export function refuseNobody(count: AudienceCount): void {
  const { reachable, over_cap, quiet_too_long, excluded, local_time_passed, holdout } = count;
  if (reachable > 0) return;
  if (over_cap + quiet_too_long > 0)
    throw new AppError(
      'AUDIENCE_EMPTY',
      over_cap > 0
        ? 'Everybody who can be reached has had as many messages as the frequency cap allows. Send it later, or change the cap under Settings, Contact pressure.'
        : 'Everybody who can be reached is in quiet hours for longer than a message may wait. Send it later, or change the quiet hours under Settings, Contact pressure.',
    );
  if (local_time_passed > 0)
    throw new AppError(
      'AUDIENCE_EMPTY',
      'Of everybody who can be reached that time is over in their own zone. Choose a later one, or send it to them on the next day.',
    );
  if (holdout > 0)
    throw new AppError(
      'AUDIENCE_EMPTY',
      'Everybody who can be reached is in the holdout group. Make it smaller, or leave it out.',
    );
  if (excluded > 0)
    throw new AppError(
      'AUDIENCE_EMPTY',
      'Everybody who could be reached is left out by the exclusions of this campaign. Take one of them out.',
    );
  throw new AppError(
    'AUDIENCE_EMPTY',
    'Nobody in this audience can be reached. People come in by opening the bot and pressing Start; opted-out people stay out.',
  );
}

/** Below this share of reachable people a campaign is less than it looks. */
const lowShare = 0.5;

/** Counts the people, which may take a second for a million. Throws AUDIENCE_EMPTY. */
export const adviceOnAudience: Advice = async (ctx, sendable) => {
  const { campaign, connection } = sendable;
  const { plan, at } = audiencePlan(campaign, connection, ctx.clock.now());
  const count = await countAudience(ctx, plan, at);
  refuseNobody(count);
  const meant = count.total - count.excluded;
  const share = count.reachable / meant;
  const shares = [
    ...(await adviceOnGone(ctx, campaign.audience)),
    ...(await adviceOnEachOther(ctx, campaign)),
    ...adviceOnSettings(sendable, count.reachable),
  ];
  if (share >= lowShare) return shares;
  return [
    ...shares,
    finding(
      'low_reach',
      'warning',
      '/audience',
      `Only ${count.reachable.toLocaleString('en')} of ${meant.toLocaleString('en')} people can be reached: the others opted out, have not started a chat, blocked the bot or have had enough messages.`,
      { words: 'See who is left out' },
    ),
  ];
};

async function adviceOnGone(ctx: Ctx, audience: Audience): Promise<Finding[]> {
  const { gone } = 'contact_ids' in audience ? await chosenGone(ctx, audience.contact_ids) : { gone: 0 };
  const exclusions = await goneExclusions(ctx, audience);
  return [
    ...(gone > 0
      ? [
          finding(
            'people_gone',
            'warning',
            '/audience/contact_ids',
            `${gone === 1 ? 'One of the chosen contacts is' : `${gone.toLocaleString('en')} of the chosen contacts are`} not there any more. The others get it.`,
          ),
        ]
      : []),
    ...(exclusions > 0
      ? [
          finding(
            'exclusion_gone',
            'warning',
            '/audience/exclude/campaign_ids',
            'A campaign whose people it leaves out was deleted before it was sent: it leaves out nobody.',
          ),
        ]
      : []),
  ];
}

/** Two campaigns that are still to come and leave out each other's people. */
async function adviceOnEachOther(ctx: Ctx, campaign: Campaign): Promise<Finding[]> {
  const others = campaign.audience.exclude?.campaign_ids ?? [];
  if (others.length === 0) return [];
  const rows = await ctx.db
    .selectFrom('campaigns')
    .select('name')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      'id',
      'in',
      others.map((id) => uuidOf('cmp', id)),
    )
    .where('status', 'in', ['draft', 'scheduled', 'paused'])
    .where(sql<boolean>`audience #> '{exclude,campaign_ids}' ? ${campaign.id}`)
    .orderBy('id')
    .execute();
  return rows.map(({ name }) =>
    finding(
      'leave_out_each_other',
      'warning',
      '/audience/exclude/campaign_ids',
      `“${name}” and this campaign leave out each other’s people: whoever is in both gets only the one that goes out last.`,
    ),
  );
}
