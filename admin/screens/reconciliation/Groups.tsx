// The groups of the sum, each with its reason, number and share; one of them is open below.
import { Button } from '@mantine/core';
import type { ReckoningGroup, ReckoningState, Reconciliation } from '../../../contract/reconciliation.ts';
import { Badge } from '../../ui/Badge.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { figure, share } from '../../ui/numbers.ts';
import { deliveryTone, deliveryWord } from '../report/delivery-state.tsx';
import { colors } from './colors.ts';
import css from './Reconciliation.module.css';

/** "failed.blocked": what stands in the address. */
export function groupKey(group: ReckoningGroup): string {
  return group.reason === null ? group.state : `${group.state}.${group.reason}`;
}

export function ReckoningBadge({ state }: { state: ReckoningState }) {
  const { tone, word } =
    state === 'left'
      ? { tone: 'mute' as const, word: 'Left' }
      : { tone: deliveryTone(state), word: deliveryWord(state) };
  return (
    <Badge tone={tone} icon={<span className={css.dot} style={{ background: colors[state] }} />}>
      {word}
    </Badge>
  );
}

export function Groups(props: {
  it: Reconciliation;
  shown: ReckoningGroup | undefined;
  onShow: (group: ReckoningGroup) => void;
}) {
  const { it, shown, onShow } = props;
  const show = (group: ReckoningGroup) =>
    group.log ? (
      <Button
        size="xs"
        variant="subtle"
        aria-pressed={shown && groupKey(shown) === groupKey(group)}
        onClick={() => onShow(group)}
      >
        {shown && groupKey(shown) === groupKey(group) ? 'Shown below' : 'Show people'}
        <span className="sr-only">: {group.words}</span>
      </Button>
    ) : (
      <span className="t3 small">No rows yet</span>
    );
  const columns: Column<ReckoningGroup>[] = [
    { key: 'state', header: 'State', width: 116, render: (group) => <ReckoningBadge state={group.state} /> },
    {
      key: 'reason',
      header: 'Reason',
      render: (group) => (
        <span className="ellipsis" style={{ display: 'block' }} title={group.words}>
          {group.words}
        </span>
      ),
    },
    {
      key: 'share',
      header: 'Share of planned',
      width: 220,
      from: 1200,
      render: (group) => (
        <span className={css.share}>
          <Meter value={group.share} color={group.state === 'left' ? undefined : colors[group.state]} />
          <span className="t3">{share(group.count, it.planned)}</span>
        </span>
      ),
    },
    {
      key: 'count',
      header: 'People',
      width: 88,
      align: 'right',
      render: (group) => <b className="strong">{figure(group.count)}</b>,
    },
    { key: 'show', header: 'List', quiet: true, width: 128, align: 'right', render: show },
  ];
  return (
    <section className="card" aria-label="Groups">
      <div className={css.head}>
        <h2>Where everybody is</h2>
        <span className="t3 end">{figure(it.planned)} planned</span>
      </div>
      <div className={css.body}>
        <DataTable
          label="Groups"
          columns={columns}
          rows={it.groups}
          rowKey={groupKey}
          rowHeight={40}
          onOpen={(group) => group.log && onShow(group)}
          card={(group) => (
            <>
              <div className="row">
                <ReckoningBadge state={group.state} />
                <b className="strong end">{figure(group.count)}</b>
                <span className="t3">{share(group.count, it.planned)}</span>
              </div>
              <div className="row" style={{ marginTop: 6 }}>
                <span className="grow">{group.words}</span>
                {show(group)}
              </div>
            </>
          )}
        />
      </div>
    </section>
  );
}
