// The word and the look of a connection's state: the same on its card, in the sidebar and wherever else it is told.
import { IconAlertTriangle, IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import type { Connection } from '../../../contract/connections.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';

const looks = {
  connected: { tone: 'ok', word: 'Connected', Icon: IconCheck },
  silent: { tone: 'warn', word: 'Not answering', Icon: IconPlugConnectedX },
  recovering: { tone: 'warn', word: 'Recovering', Icon: IconPlugConnectedX },
  broken: { tone: 'bad', word: 'Needs a fix', Icon: IconAlertTriangle },
  blocked: { tone: 'bad', word: 'Cannot send', Icon: IconAlertTriangle },
} as const satisfies Record<string, { tone: BadgeTone; word: string; Icon: typeof IconCheck }>;
export type ConnectionState = keyof typeof looks;

/** `blocked`: it works for us, and the platform says that it lets nothing out. */
export function connectionState({
  status,
  circuit,
  health,
}: Pick<Connection, 'status' | 'circuit' | 'health'>): ConnectionState {
  if (status === 'error') return 'broken';
  if (health?.problems.some(({ severity }) => severity === 'blocks')) return 'blocked';
  if (circuit) return circuit.state === 'open' ? 'silent' : 'recovering';
  return 'connected';
}

export const connectionWord = (state: ConnectionState) => looks[state].word;

export function ConnectionBadge({ state }: { state: ConnectionState }) {
  const { tone, word, Icon } = looks[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}
