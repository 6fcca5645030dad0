// Where this person is signed in, and ending it elsewhere.
import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page as ListPage } from '../../../contract/lists.ts';
import type { Session } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { counted } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';

/** "Chrome on Linux" of a user agent. */
function device(agent: string | null): string {
  if (!agent) return 'Unknown device';
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrom(e|ium)\//.test(agent)
        ? 'Chrome'
        : /Safari/.test(agent)
          ? 'Safari'
          : 'A program';
  const system = /iPhone|iPad/.test(agent)
    ? 'iOS'
    : /Android/.test(agent)
      ? 'Android'
      : /Mac OS/.test(agent)
        ? 'macOS'
        : /Windows/.test(agent)
          ? 'Windows'
          : /Linux/.test(agent)
            ? 'Linux'
            : '';
  return system ? `${browser} on ${system}` : browser;
}

export function Sessions() {
  const client = useQueryClient();
  const zone = useZone();
  const ending = useAction();
  const [asking, setAsking] = useState(false);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.sessions,
    queryFn: ({ signal }) => api.get<ListPage<Session>>('/sessions', { limit: 100 }, signal),
  });
  const others = data?.data.filter((session) => !session.current) ?? [];
  const end = async (session: Session) => {
    try {
      await api.delete(`/sessions/${session.id}`);
      await client.invalidateQueries({ queryKey: keys.sessions });
      tell(`${device(session.user_agent)} signed out`);
    } catch (problem) {
      tellProblem('The session could not be ended', problem);
    }
  };
  const endAll = () =>
    ending.run(async () => {
      await api.delete('/sessions');
      await client.invalidateQueries({ queryKey: keys.sessions });
      setAsking(false);
      tell('Signed out everywhere else');
    });
  return (
    <Section
      title="Where you are signed in"
      aside={
        others.length > 0 && (
          <Button size="xs" variant="default" data-danger onClick={() => setAsking(true)}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      {isPending ? (
        <RowSkeletons rows={2} />
      ) : error && !data ? (
        <ErrorState title="Sessions could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <ul>
          {data?.data.map((session) => (
            <li key={session.id} className="row wrap" style={{ minHeight: 48, gap: 12 }}>
              {/iPhone|Android/.test(session.user_agent ?? '') ? (
                <IconDeviceMobile size={20} stroke={1.5} className="t3" aria-hidden />
              ) : (
                <IconDeviceDesktop size={20} stroke={1.5} className="t3" aria-hidden />
              )}
              <span className="col grow">
                <span className="strong">{device(session.user_agent)}</span>
                <span className="small t3">
                  {session.ip ?? 'Unknown address'}, last used {moment(session.last_seen_at, zone)}
                </span>
              </span>
              {session.current ? (
                <Badge tone="ok">This browser</Badge>
              ) : (
                <Button
                  size="xs"
                  variant="subtle"
                  data-danger
                  aria-label={`Sign out ${device(session.user_agent)}`}
                  onClick={() => void end(session)}
                >
                  Sign out
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        opened={asking}
        title="Sign out everywhere else?"
        action={`End ${counted(others.length, 'session', 'sessions')}`}
        busyLabel="Ending"
        danger
        busy={ending.busy}
        error={ending.error}
        onClose={() => setAsking(false)}
        onConfirm={() => void endAll()}
      >
        This browser stays signed in. Whoever uses the others has to sign in again.
      </ConfirmDialog>
    </Section>
  );
}
