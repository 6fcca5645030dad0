// Everything that must be right before anybody is messaged, in the order in which launch says it.
import { audienceThere } from './audience.ts';
import { connectionThere } from './details.ts';
import type { Must } from './finding.ts';
import { messageRenders, picturesThere } from './message.ts';
import { exemptionAllowed, paidPossible, settingsTogether, winnerCountable } from './settings.ts';

export const musts: readonly Must[] = [
  exemptionAllowed,
  settingsTogether,
  connectionThere,
  picturesThere,
  audienceThere,
  paidPossible,
  messageRenders,
  winnerCountable,
];
