// What is known of somebody's place in a group, and what one more sign of them makes of it. Pure.
import type { GroupEvent, Standing } from '../channels/channel.ts';

export type MemberEvent = Extract<GroupEvent, { address: string }>;
/** seen: they wrote there, and whether they are a member was not told. */
export type MemberStanding = Standing | 'seen';

export interface Place {
  standing: MemberStanding;
  standing_at: Date;
}

export const isThere = (standing: MemberStanding | 'unknown'): boolean =>
  standing !== 'left' && standing !== 'banned';

/**
 * Updates arrive out of order (each chat and each person is a queue of the platform's own), so each is judged by its time.
 * What the platform says of a standing is believed; a message or a welcome only says that they are there.
 */
export function nextPlace(known: Place | null, event: MemberEvent): Place {
  const told: Place = { standing: sign(event), standing_at: event.at };
  if (!known) return told;
  if (event.kind === 'group_member') return event.at < known.standing_at ? known : told;
  const isNews = isThere(known.standing)
    ? known.standing === 'seen' && told.standing === 'member'
    : event.at > known.standing_at;
  return isNews ? told : known;
}

function sign(event: MemberEvent): MemberStanding {
  switch (event.kind) {
    case 'group_member':
      return event.standing;
    case 'group_joined':
      return 'member';
    case 'group_wrote':
      return event.isMember ? 'member' : 'seen';
  }
}
