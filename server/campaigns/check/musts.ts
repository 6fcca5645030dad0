// Everything that must be right before anybody is messaged, in the order in which launch says it.
import { audienceThere } from './audience.ts';
import { connectionThere } from './details.ts';
import type { Must } from './finding.ts';
import { messageRenders, picturesThere, wordingsAlike } from './message.ts';
import {
  exemptionAllowed,
  paidPossible,
  settingsTogether,
  testersThere,
  winnerCountable,
} from './settings.ts';
import { peopleJoined } from './whatsapp.ts';

export const musts: readonly Must[] = [
  exemptionAllowed,
  settingsTogether,
  connectionThere,
  peopleJoined,
  picturesThere,
  audienceThere,
  paidPossible,
  testersThere,
  messageRenders,
  wordingsAlike,
  winnerCountable,
];
