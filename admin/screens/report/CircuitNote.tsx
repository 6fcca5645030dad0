// What a platform that does not answer means for the campaign that is being sent on it.
import type { Circuit } from '../../../contract/connections.ts';
import { useZone } from '../../session.ts';
import { Note } from '../../ui/Note.tsx';
import { circuitWords } from '../connections/circuit-words.ts';

export function CircuitNote({ circuit, paused }: { circuit: Circuit; paused: boolean }) {
  const zone = useZone();
  return (
    <Note tone="warn">
      {circuitWords(circuit, zone)}
      {!paused && circuit.pauses_at && Date.parse(circuit.pauses_at) > Date.now() && (
        <> If this lasts, the campaign pauses and waits for you.</>
      )}
    </Note>
  );
}
