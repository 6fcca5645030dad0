// Roles in words, as the team page, the invitation and the profile show them.
import type { Role } from '../../../contract/roles.ts';

export const roleWords: Record<Role, string> = {
  owner: 'Owner',
  admin: 'Admin',
  marketer: 'Marketer',
  operator: 'Operator',
};
export const roleHelp: Record<Role, string> = {
  owner: 'Everything, and makes or removes other owners.',
  admin: 'Everything but owners: connections, people, API tokens, settings.',
  marketer: 'Writes and sends campaigns, settles the send log, answers messages.',
  operator: 'Answers messages and edits contacts. Sees campaigns, cannot send them.',
};
