// A safe try without Telegram: a bot and six people that exist on this machine only.
import { Button } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Connection } from '../../../contract/connections.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { sandboxBot, startSixPeople } from '../../sandbox-control.ts';
import { connectionsQuery, setupQuery } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { useAction } from '../../ui/use-action.ts';

const patienceMs = 8000;

/** Offered where the sandbox runs and no bot of it is connected yet. */
export function TrySandbox({ onDone }: { onDone: (connection: Connection) => void }) {
  const client = useQueryClient();
  const { data: setup } = useQuery(setupQuery);
  const { data: connections } = useQuery(connectionsQuery);
  const { busy, error, run } = useAction();
  if (!setup?.sandbox || connections?.data.some((connection) => connection.sandbox)) return null;
  const start = () =>
    run(async () => {
      const bot = await sandboxBot('First try');
      const connection = await api.post<Connection>('/connections', {
        channel: 'telegram',
        sandbox: true,
        credentials: { token: bot.token },
      });
      await startSixPeople(bot);
      // They can be reached as soon as their Start has come in.
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
          No token at hand? A sandbox bot has six simulated people. Nothing leaves this machine.
        </span>
        <Button
          variant="default"
          miw={188}
          leftSection={<IconFlask size={16} stroke={1.75} />}
          aria-disabled={busy || undefined}
          onClick={() => void start()}
        >
          {busy ? 'Setting up' : 'Try with a sandbox bot'}
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
