// Workspace, contact pressure, message prices, contact attributes, own profile, sessions, API tokens, audit log, nodes: one part at a time, the part in the address.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMe } from '../../session.ts';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { Page } from '../../ui/Page.tsx';
import { Attributes } from './Attributes.tsx';
import { AuditLog } from './AuditLog.tsx';
import { ContactPressure } from './ContactPressure.tsx';
import { MessagePrices } from './MessagePrices.tsx';
import { Nodes } from './Nodes.tsx';
import { Profile } from './Profile.tsx';
import { Sessions } from './Sessions.tsx';
import { Tokens } from './Tokens.tsx';
import { WorkspaceSettings } from './WorkspaceSettings.tsx';

const parts = {
  workspace: WorkspaceSettings,
  pressure: ContactPressure,
  prices: MessagePrices,
  attributes: Attributes,
  profile: Profile,
  sessions: Sessions,
  tokens: Tokens,
  audit: AuditLog,
  nodes: Nodes,
};
type Part = keyof typeof parts;

export function SettingsScreen() {
  const me = useMe();
  const { part } = useSearch({ from: '/inside/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const at: Part = part && part in parts ? (part as Part) : 'workspace';
  const Shown = parts[at];
  const choices: { value: Part; label: string }[] = [
    { value: 'workspace', label: 'Workspace' },
    { value: 'pressure', label: 'Contact pressure' },
    { value: 'prices', label: 'Message prices' },
    { value: 'attributes', label: 'Contact attributes' },
    { value: 'profile', label: 'Profile' },
    { value: 'sessions', label: 'Sessions' },
  ];
  if (me.scopes.includes('tokens:read')) choices.push({ value: 'tokens', label: 'API tokens' });
  if (me.scopes.includes('audit_events:read')) choices.push({ value: 'audit', label: 'Audit log' });
  if (me.scopes.includes('nodes:read')) choices.push({ value: 'nodes', label: 'Nodes' });
  return (
    <Page title="Settings" sunken>
      <div style={{ marginBottom: 12 }}>
        <FilterTabs
          label="Part"
          value={at}
          choices={choices}
          onChange={(value) => void navigate({ search: { part: value } })}
        />
      </div>
      <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 12, maxWidth: 900 }}>
        <Shown />
      </div>
    </Page>
  );
}
