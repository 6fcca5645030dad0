// A safe try without Telegram or WhatsApp: a bot or number and six people that exist on this machine only.
import { Button } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Connection } from '../../../contract/connections.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { sandboxBot, sandboxNumber, sixPeopleWrite, startSixPeople } from '../../sandbox-control.ts';
import { connectionsQuery, setupQuery } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { useAction } from '../../ui/use-action.ts';

const patienceMs = 8000;

interface Try {
  words: string;
  label: string;
  /** Makes it in the sandbox, connects it, and lets its people come. */
  connect(): Promise<Connection>;
}

const tries: Record<'telegram' | 'whatsapp', Try> = {
  telegram: {
    words: 'No token at hand? A sandbox bot has six simulated people. Nothing leaves this machine.',
    label: 'Try with a sandbox bot',
    async connect() {
      const bot = await sandboxBot('First try');
      const connection = await post('telegram', { token: bot.token });
      await startSixPeople(bot);
      return connection;
    },
  },
  whatsapp: {
    words: 'No number at hand? A simulated one has six people on it. Nothing leaves this machine.',
    label: 'Use a simulated number',
    async connect() {
      const number = await sandboxNumber('First try');
      const connection = await post('whatsapp', number.credentials);
      await sixPeopleWrite(number.id);
      return connection;
    },
  },
};

const post = (channel: string, credentials: Record<string, string>) =>
  api.post<Connection>('/connections', { channel, sandbox: true, credentials });

interface Props {
  channel: 'telegram' | 'whatsapp';
  onDone: (connection: Connection) => void;
}

/** Offered where the sandbox runs and nothing of that channel in it is connected yet. */
export function TrySandbox({ channel, onDone }: Props) {
  const client = useQueryClient();
  const { data: setup } = useQuery(setupQuery);
  const { data: connections } = useQuery(connectionsQuery);
  const { busy, error, run } = useAction();
  const isThere = connections?.data.some((one) => one.sandbox && one.channel === channel);
  if (!setup?.sandbox || isThere) return null;
  const { words, label, connect } = tries[channel];
  const start = () =>
    run(async () => {
      const connection = await connect();
      // They can be reached as soon as what they did has come in.
      const end = Date.now() + patienceMs;
      let known = 0;
      while (known === 0 && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        known = await api.get<Connection>(`/connections/${connection.id}`).then(
          (now) => now.reachable_contacts,
          () => 0,
        );
      }
      await Promise.all(
        [keys.connections, keys.contacts()].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
      onDone(connection);
    });
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <div className="row wrap">
        <span className="grow t2" style={{ flexBasis: 260 }}>
          {words}
        </span>
        <Button
          variant="default"
          miw={188}
          leftSection={<IconFlask size={16} stroke={1.75} />}
          aria-disabled={busy || undefined}
          onClick={() => void start()}
        >
          {busy ? 'Setting up' : label}
        </Button>
      </div>
      {error ? (
        <Note tone="bad">
          {error instanceof ApiProblem && error.errors[0] ? error.errors[0].detail : problemText(error)}
        </Note>
      ) : null}
    </div>
  );
}
