// All that would go out once released: campaigns, and the replies and tests of each connection. Cancelling is the safe choice,
// so both stand beside each other.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Held } from '../../../contract/held.ts';
import { inWords, zoneCity } from '../../../contract/zones.ts';
import { useMay, useZone } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { moment } from '../../ui/times.ts';
import { StatusBadge } from '../campaigns/status.tsx';
import css from './Held.module.css';
import { discardWords, releaseWords } from './held-words.ts';
import { rowsOf, type WaitingRow } from './rows.ts';
import { useDecision } from './use-decision.ts';

type Verb = 'release' | 'discard';

export function WaitingTable({ held }: { held: Held }) {
  const zone = useZone();
  const decide = useMay('workspace:write');
  const { busy, error, run, clear } = useDecision();
  const [asking, setAsking] = useState<{ verb: Verb; row: WaitingRow } | null>(null);
  const ask = (verb: Verb, row: WaitingRow) => {
    clear();
    setAsking({ verb, row });
  };
  const confirm = async () => {
    if (!asking) return;
    const done = asking.verb === 'release' ? `Released: ${asking.row.name}` : `Cancelled: ${asking.row.name}`;
    if (await run(asking.verb, asking.row.choice, done)) setAsking(null);
  };
  const actions = (row: WaitingRow) =>
    row.released ? (
      <div className={css.actions}>
        <Badge tone="ok">Released</Badge>
      </div>
    ) : (
      <div className={css.actions}>
        <ReasonButton
          variant="default"
          reason={decide.reason}
          aria-label={`Cancel what was waiting: ${row.name}`}
          onClick={() => ask('discard', row)}
        >
          Cancel
        </ReasonButton>
        <ReasonButton
          variant="subtle"
          reason={decide.reason}
          aria-label={`Release ${row.name}`}
          onClick={() => ask('release', row)}
        >
          Release
        </ReasonButton>
      </div>
    );
  const name = (row: WaitingRow) =>
    row.campaignId ? (
      <Link
        to="/campaigns/$id"
        params={{ id: row.campaignId }}
        className={`ellipsis ${css.name}`}
        dir="auto"
        title={row.name}
      >
        {row.name}
      </Link>
    ) : (
      <span className={`ellipsis ${css.name}`}>{row.name}</span>
    );
  const since = (row: WaitingRow) =>
    row.scheduledAt && row.timeZone
      ? `${inWords(new Date(row.scheduledAt), row.timeZone)}`
      : row.since
        ? moment(row.since, zone)
        : '–';
  const sinceZone = (row: WaitingRow) =>
    row.scheduledAt && row.timeZone
      ? `planned, ${zoneCity(row.timeZone)}`
      : `${row.campaignId ? 'launched' : 'the oldest'}, ${zoneCity(zone)}`;
  const columns: Column<WaitingRow>[] = [
    {
      key: 'name',
      header: 'What',
      render: (row) => (
        <div className="col">
          {name(row)}
          {row.note && (
            <span className="small t3 ellipsis" title={row.note}>
              {row.note}
            </span>
          )}
        </div>
      ),
    },
    {
      key: 'status',
      header: 'Status',
      width: 112,
      render: (row) => row.state && <StatusBadge state={row.state} />,
    },
    {
      key: 'from',
      header: 'From',
      width: 148,
      from: 1200,
      render: (row) => <span className="ellipsis">{row.from}</span>,
    },
    { key: 'waiting', header: 'Waiting', width: 132, render: (row) => row.waiting },
    {
      key: 'since',
      header: 'Time',
      width: 172,
      render: (row) => (
        <div className="col">
          <span className="nowrap">{since(row)}</span>
          <span className="small t3">{sinceZone(row)}</span>
        </div>
      ),
    },
    { key: 'actions', header: 'Decision', quiet: true, width: 176, render: actions },
  ];
  const rows = rowsOf(held);
  if (rows.length === 0)
    return <p className="t2">Nothing is waiting. Release all, and what people send from now on goes out.</p>;
  return (
    <>
      <DataTable
        label="Would go out"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        card={(row) => (
          <>
            <div className="row">
              <span className="grow" style={{ minWidth: 0 }}>
                {name(row)}
              </span>
              {row.state && <StatusBadge state={row.state} />}
            </div>
            {row.note && <div className="small t3">{row.note}</div>}
            <dl className={css.figures}>
              <div>
                <dt>Waiting</dt>
                <dd>{row.waiting}</dd>
              </div>
              <div>
                <dt>From</dt>
                <dd>{row.from}</dd>
              </div>
              <div>
                <dt>Time ({sinceZone(row)})</dt>
                <dd>{since(row)}</dd>
              </div>
            </dl>
            {actions(row)}
          </>
        )}
      />
      <ConfirmDialog
        opened={asking !== null}
        title={
          asking?.verb === 'release'
            ? `Release “${asking.row.name}”?`
            : `Cancel what was waiting of “${asking?.row.name}”?`
        }
        action={asking?.verb === 'release' ? 'Release' : 'Cancel what was waiting'}
        busyLabel={asking?.verb === 'release' ? 'Releasing' : 'Cancelling'}
        danger
        busy={busy}
        error={error}
        onClose={() => setAsking(null)}
        onConfirm={() => void confirm()}
      >
        {asking &&
          (asking.verb === 'release' ? releaseWords(asking.row, Date.now()) : discardWords(asking.row))}
      </ConfirmDialog>
    </>
  );
}
