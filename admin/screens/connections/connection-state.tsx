// The word and the look of a connection's state: the same on its card, in the sidebar and wherever else it is told.
import { IconAlertTriangle, IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import type { Connection } from '../../../contract/connections.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';

const looks = {
  connected: { tone: 'ok', word: 'Connected', Icon: IconCheck },
  silent: { tone: 'warn', word: 'Not answering', Icon: IconPlugConnectedX },
  recovering: { tone: 'warn', word: 'Recovering', Icon: IconPlugConnectedX },
  broken: { tone: 'bad', word: 'Needs a fix', Icon: IconAlertTriangle },
} as const satisfies Record<string, { tone: BadgeTone; word: string; Icon: typeof IconCheck }>;
export type ConnectionState = keyof typeof looks;

export function connectionState({
  status,
  circuit,
}: Pick<Connection, 'status' | 'circuit'>): ConnectionState {
  if (status === 'error') return 'broken';
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
