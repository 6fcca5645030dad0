// The audience step: whom the campaign is for, whether they are still there and whether anybody can be reached.
import { sql } from 'kysely';
import type { Audience, AudienceCount } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { countReach } from '../../deliveries/runs/reach.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { audiencePlan } from '../audience/audience-plan.ts';
import { checkStillThere, chosenGone, goneExclusions } from '../references.ts';
import { adviceOnMessagingLimit, healthOf } from './account-health.ts';
import { type Advice, type Finding, finding, type Must } from './finding.ts';
import { adviceOnSettings } from './settings.ts';
import { adviceOnNumbers } from './whatsapp.ts';

export const audienceThere: Must = {
  key: 'audience',
  step: 'audience',
  holds: (ctx, { campaign: { audience } }) => checkStillThere(ctx, audience),
};

/** Throws AUDIENCE_EMPTY with what keeps everybody from getting it. */
export function refuseNobody(count: AudienceCount): void {
  const { reachable, over_cap, quiet_too_long, excluded, local_time_passed, holdout } = count;
  if (reachable > 0) return;
  if (count.window_closed > 0)
    throw new AppError(
      'AUDIENCE_EMPTY',
      'Nobody of this audience has written within 24 hours, and only an approved template reaches the others. Choose one in the message.',
    );
  if (count.no_marketing_in_country > 0)
    throw new AppError(
      'AUDIENCE_EMPTY',
      'Everybody who could be reached has a number of the United States, where WhatsApp delivers no marketing templates. Take a utility template, if the message is about an order of theirs.',
    );
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
    'Nobody in this audience can be reached. People come in by opening the bot and pressing Start, on WhatsApp by a phone number with country code; opted-out people stay out.',
  );
}

/** Below this share of reachable people a campaign is less than it looks. */
const lowShare = 0.5;

/** Counts the people, which may take a second for a million. Throws AUDIENCE_EMPTY. */
export const adviceOnAudience: Advice = async (ctx, sendable) => {
  const { campaign, connection } = sendable;
  const { plan, at } = audiencePlan(campaign, connection, ctx.clock.now());
  const reach = await countReach(ctx, plan, at);
  const { count } = reach;
  refuseNobody(count);
  const meant = count.total - count.excluded;
  const share = count.reachable / meant;
  const shares = [
    ...(await adviceOnGone(ctx, campaign.audience)),
    ...(await adviceOnEachOther(ctx, campaign)),
    ...adviceOnSettings(sendable, count.reachable),
    ...adviceOnWindow(count),
    ...adviceOnMessagingLimit(await healthOf(ctx, sendable), sendable, count.reachable),
    ...adviceOnNumbers(sendable, reach),
  ];
  if (share >= lowShare) return shares;
  return [
    ...shares,
    finding(
      'low_reach',
      'warning',
      '/audience',
      `Only ${count.reachable.toLocaleString('en')} of ${meant.toLocaleString('en')} people can be reached: ${whyOthers(count, connection.channel)}.`,
      { words: 'See who is left out' },
    ),
  ];
};

const noAddress: Record<Channel, string> = {
  telegram: 'have not started a chat',
  whatsapp: 'have no phone number of their own',
  website: 'have not written on the website',
};
const gone: Record<Channel, string> = {
  telegram: 'blocked the bot',
  whatsapp: 'are not on WhatsApp',
  website: 'cannot be reached any more',
};

/** "the others opted out or have not started a chat": reasons that keep nobody are not said. */
export function whyOthers(count: AudienceCount, channel: Channel): string {
  const reasons: [keyof AudienceCount, string][] = [
    ['opted_out', 'opted out'],
    ['no_identity', noAddress[channel]],
    ['invalid_number', 'have a phone number that cannot be one'],
    ['unreachable', gone[channel]],
    ['no_marketing_in_country', 'have a number of the United States'],
    ['window_closed', 'have not written within 24 hours'],
    ['over_cap', 'have had enough messages'],
    ['quiet_too_long', 'are in quiet hours for too long'],
    ['local_time_passed', 'are past that hour in their own zone'],
    ['holdout', 'are held out to compare'],
  ];
  const there = reasons.filter(([key]) => Number(count[key]) > 0).map(([, words]) => words);
  return `the others ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(there)}`;
}

/** Free text on WhatsApp, and some of its people have not written within 24 hours. */
function adviceOnWindow({ window_closed: closed }: AudienceCount): Finding[] {
  if (closed === 0) return [];
  return [
    finding(
      'window_closed',
      'warning',
      '/content/whatsapp/template',
      `${closed === 1 ? '1 person has' : `${closed.toLocaleString('en')} people have`} not written within 24 hours and ${closed === 1 ? 'gets' : 'get'} nothing: WhatsApp takes free text only for who did. An approved template reaches them.`,
    ),
  ];
}

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
