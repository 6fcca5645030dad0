// Which bot or number sends it and what kind of message it is.
import { Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Connection } from '../../../contract/connections.ts';
import { Note } from '../../ui/Note.tsx';
import { typeWords } from '../campaigns/status.tsx';
import { labelOfConnection } from '../connections/handle.ts';
import css from './Composer.module.css';
import type { Draft } from './draft.ts';

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  connections: Connection[] | undefined;
  problem: string | undefined;
}

export function SenderFields({ draft, change, connections, problem }: Props) {
  const connection = connections?.find((item) => item.id === draft.connection_id);
  return (
    <>
      <div className={css.pair}>
        <Select
          label="Sent from"
          data-field="/connection_id"
          placeholder={connections?.length === 0 ? 'Nothing is connected yet' : 'Choose a bot or a number'}
          data={connections?.map((item) => ({
            value: item.id,
            label: labelOfConnection(item),
          }))}
          value={draft.connection_id}
          error={problem}
          onChange={(connection_id) => change({ connection_id })}
        />
        <Select
          label="Type"
          data={Object.entries(typeWords).map(([value, label]) => ({ value, label }))}
          value={draft.type}
          onChange={(type) => type && change({ type: type as Campaign['type'] })}
        />
      </div>
      {connections?.length === 0 && (
        <Note tone="info">
          Nothing can be sent without a bot or a number. <Link to="/connections">Connect one</Link>
        </Note>
      )}
      {connection?.status === 'error' && (
        <Note tone="bad">
          {connection.problem ?? 'This connection does not work at present.'}{' '}
          <Link to="/connections">Fix connection</Link>
        </Note>
      )}
    </>
  );
}
