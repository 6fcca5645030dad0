// A platform that does not answer, in words, and for whoever may: the way to have it asked at once.
import { useQueryClient } from '@tanstack/react-query';
import type { Connection, connectionTried } from '../../../contract/connections.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { circuitWords } from './circuit-words.ts';

type Tried = ReturnType<typeof connectionTried.parse>;

export function CircuitNotice({ connection }: { connection: Connection }) {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('connections:write');
  const { busy, error, run } = useAction();
  const { circuit } = connection;
  if (!circuit) return null;
  const platform = channelWord(connection.channel);
  const tryNow = () =>
    void run(async () => {
      const tried = await api.post<Tried>(`/connections/${connection.id}/try_now`);
      await Promise.all(
        [keys.connections, keys.limits(connection.id)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      tell(tried.circuit ? `${platform} is being asked now` : `${platform} answers again`);
    });
  return (
    <>
      <Note
        tone="warn"
        actions={
          circuit.state === 'open' && (
            <ReasonButton variant="default" reason={write.reason} onClick={tryNow}>
              {busy ? 'Asking' : 'Try now'}
            </ReasonButton>
          )
        }
      >
        {circuitWords(circuit, platform, zone)}
        {circuit.state === 'open' && ` “Try now” asks ${platform} at once, by a call that reaches nobody.`}
      </Note>
      {error ? (
        <Note tone="bad">
          {platform} could not be asked. {problemText(error)}
        </Note>
      ) : null}
    </>
  );
}
