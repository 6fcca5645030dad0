// Campaigns that were not sent at their hour: why, and the three ways on. Another time is chosen in the composer.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { MissedCampaign } from '../../../contract/held.ts';
import { inWords, zoneCity } from '../../../contract/zones.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Held.module.css';

type Verb = 'send_now' | 'cancel';

export function MissedTable({ rows }: { rows: MissedCampaign[] }) {
  const client = useQueryClient();
  const send = useMay('campaigns:send');
  const { busy, error, run, clear } = useAction();
  const [asking, setAsking] = useState<{ verb: Verb; row: MissedCampaign } | null>(null);
  const confirm = async () => {
    if (!asking) return;
    const { verb, row } = asking;
    const isDone = await run(async () => {
      await api.post(`/campaigns/${row.campaign_id}/${verb}`);
      await Promise.all(
        [keys.held, keys.campaigns(), keys.campaign(row.campaign_id), keys.report(row.campaign_id)].map(
          (queryKey) => client.invalidateQueries({ queryKey }),
        ),
      );
      tell(verb === 'send_now' ? `Sending “${row.name}”` : `“${row.name}” is cancelled`);
    });
    if (isDone) setAsking(null);
  };
  const ask = (verb: Verb, row: MissedCampaign) => {
    clear();
    setAsking({ verb, row });
  };
  const name = (row: MissedCampaign) => (
    <Link
      to="/campaigns/$id/edit"
      params={{ id: row.campaign_id }}
      className={`ellipsis ${css.name}`}
      dir="auto"
      title={row.name}
    >
      {row.name}
    </Link>
  );
  const due = (row: MissedCampaign) => {
    const zone = row.time_zone ?? 'UTC';
    return row.scheduled_at ? `${inWords(new Date(row.scheduled_at), zone)} (${zoneCity(zone)})` : 'No time';
  };
  const actions = (row: MissedCampaign) => (
    <div className={css.actions}>
      <ReasonButton
        variant="subtle"
        data-danger
        reason={send.reason}
        aria-label={`Cancel ${row.name}`}
        onClick={() => ask('cancel', row)}
      >
        Cancel
      </ReasonButton>
      <Button
        variant="default"
        component={Link}
        to={`/campaigns/${row.campaign_id}/edit`}
        aria-label={`Another time for ${row.name}`}
      >
        Another time
      </Button>
      <ReasonButton
        variant="default"
        reason={send.reason}
        aria-label={`Send now: ${row.name}`}
        onClick={() => ask('send_now', row)}
      >
        Send now
      </ReasonButton>
    </div>
  );
  const columns: Column<MissedCampaign>[] = [
    {
      key: 'name',
      header: 'Campaign',
      render: (row) => (
        <div className="col" style={{ padding: '8px 0' }}>
          {name(row)}
          <span className="small t3">{row.reason}</span>
        </div>
      ),
    },
    { key: 'due', header: 'Was due', width: 200, from: 1200, render: due },
    { key: 'actions', header: 'Decision', quiet: true, width: 310, render: actions },
  ];
  return (
    <>
      <DataTable
        label="Not sent at their hour"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.campaign_id}
        card={(row) => (
          <>
            {name(row)}
            <div className="small t3">{row.reason}</div>
            {actions(row)}
          </>
        )}
      />
      <ConfirmDialog
        opened={asking !== null}
        title={
          asking?.verb === 'send_now' ? `Send “${asking.row.name}” now?` : `Cancel “${asking?.row.name}”?`
        }
        action={asking?.verb === 'send_now' ? 'Send now' : 'Cancel campaign'}
        busyLabel={asking?.verb === 'send_now' ? 'Sending' : 'Cancelling'}
        danger={asking?.verb === 'cancel'}
        busy={busy}
        error={error}
        onClose={() => setAsking(null)}
        onConfirm={() => void confirm()}
      >
        {asking?.verb === 'send_now'
          ? 'It goes out at once to everybody in its audience who can be reached. Nobody has received it yet.'
          : 'It is not sent, and this cannot be taken back; a duplicate begins as a draft. Nobody has received it.'}
      </ConfirmDialog>
    </>
  );
}
