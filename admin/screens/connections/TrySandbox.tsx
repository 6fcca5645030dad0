// A safe try without Telegram or WhatsApp: a bot or number and six people that exist on this machine only.
import { Button } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Channel, Connection } from '../../../contract/connections.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { connectionsQuery, setupQuery } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { useAction } from '../../ui/use-action.ts';

const patienceMs = 8000;

/** Something simulated, as a channel's own form offers it. */
export interface SandboxTry {
  channel: Channel;
  words: string;
  label: string;
  /** Makes it in the sandbox; once it is connected its people may come. */
  make(): Promise<{ credentials: Record<string, string>; letPeopleCome(): Promise<unknown> }>;
}

/** Offered where the sandbox runs and nothing of that channel in it is connected yet. */
export function TrySandbox(props: { offer: SandboxTry; onDone: (connection: Connection) => void }) {
  const { channel, words, label, make } = props.offer;
  const client = useQueryClient();
  const { data: setup } = useQuery(setupQuery);
  const { data: connections } = useQuery(connectionsQuery);
  const { busy, error, run } = useAction();
  const isThere = connections?.data.some((one) => one.sandbox && one.channel === channel);
  if (!setup?.sandbox || isThere) return null;
  const start = () =>
    run(async () => {
      const { credentials, letPeopleCome } = await make();
      const connection = await api.post<Connection>('/connections', { channel, sandbox: true, credentials });
      await letPeopleCome();
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
      props.onDone(connection);
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
