// The places of the panel: one list for the sidebar, the phone's tab bar and the jump dialog.
import {
  IconBolt,
  IconFilter,
  IconFlask,
  IconHandStop,
  IconInbox,
  IconPlugConnected,
  IconSettings,
  IconSpeakerphone,
  IconTemplate,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';

export const places = [
  { to: '/inbox', label: 'Inbox', icon: IconInbox, group: 'work' },
  { to: '/campaigns', label: 'Campaigns', icon: IconSpeakerphone, group: 'work' },
  { to: '/automations', label: 'Automations', icon: IconBolt, group: 'work' },
  { to: '/contacts', label: 'Contacts', icon: IconUsers, group: 'work' },
  { to: '/templates', label: 'Templates', icon: IconTemplate, group: 'work', more: true },
  { to: '/segments', label: 'Segments', icon: IconFilter, group: 'work', more: true },
  { to: '/held', label: 'Held', icon: IconHandStop, group: 'tools' },
  { to: '/connections', label: 'Connections', icon: IconPlugConnected, group: 'tools' },
  { to: '/team', label: 'Team', icon: IconUsersGroup, group: 'tools' },
  { to: '/sandbox-phones', label: 'Sandbox', icon: IconFlask, group: 'tools' },
  { to: '/settings', label: 'Settings', icon: IconSettings, group: 'tools' },
] as const;
export type Place = (typeof places)[number];
/** On a phone the tab bar has room for four; what is not among them stands behind More. */
export const isMore = (place: Place): boolean => 'more' in place;

/** The composer needs the width: beside it stands a rail. Other places to edit something keep the sidebar. */
export const isComposer = (path: string): boolean => /^\/campaigns\/[^/]+\/edit\/?$/.test(path);
