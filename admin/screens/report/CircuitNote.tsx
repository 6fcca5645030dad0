// What a platform that does not answer means for the campaign that is being sent on it.
import type { Channel, Circuit } from '../../../contract/connections.ts';
import { useZone } from '../../session.ts';
import { Note } from '../../ui/Note.tsx';
import { clock } from '../../ui/times.ts';
import { circuitWords } from '../connections/circuit-words.ts';
import { channelWord } from '../frame/ChannelTile.tsx';

interface Props {
  circuit: Circuit;
  channel: Channel | null;
  paused: boolean;
}

export function CircuitNote({ circuit, channel, paused }: Props) {
  const zone = useZone();
  return (
    <Note tone="warn">
      {circuitWords(circuit, channel ? channelWord(channel) : 'The platform', zone)}
      {!paused && circuit.pauses_at && Date.parse(circuit.pauses_at) > Date.now() && (
        <> If it lasts until {clock(circuit.pauses_at, zone)}, the campaign pauses and asks you.</>
      )}
    </Note>
  );
}
