// The batches of a run, on WhatsApp its broadcast lists of at most 256: each with its people, what became of them, and the pause
// before the next.
import { IconCheck, IconClock, IconHourglass, IconPlayerPause, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Batches, BatchProgress } from '../../../contract/batches.ts';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { Badge, type BadgeTone } from '../../ui/Badge.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { figure, share } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { clockSeconds } from '../../ui/times.ts';
import css from './Batches.module.css';
import { deliveryColor } from './delivery-state.tsx';

const perPage = 10;
const looks: Record<BatchProgress['state'], { tone: BadgeTone; word: string; icon: ReactNode }> = {
  waiting: { tone: 'mute', word: 'Waiting', icon: <IconClock aria-hidden /> },
  pausing: { tone: 'info', word: 'Pause', icon: <IconHourglass aria-hidden /> },
  sending: { tone: 'brand', word: 'Sending', icon: <IconSend aria-hidden /> },
  stopped: { tone: 'warn', word: 'Stopped', icon: <IconPlayerPause aria-hidden /> },
  done: { tone: 'ok', word: 'Done', icon: <IconCheck aria-hidden /> },
};

export function BatchesBlock({ campaign, report }: { campaign: Campaign; report: Report }) {
  const isSending = report.run_status === 'active';
  // a page that somebody chose stays; until then the one with the batch under way is shown
  const [chosen, setChosen] = useState<number | null>(null);
  const current = report.batch?.number ?? 1;
  const page = chosen ?? Math.ceil(current / perPage);
  const from = (page - 1) * perPage + 1;
  const query = useQuery({
    queryKey: [...keys.report(campaign.id), 'batches', report.run_id, from],
    queryFn: ({ signal }) =>
      api.get<Batches>(
        `/campaigns/${campaign.id}/batches`,
        { run_id: report.run_id, from, limit: perPage },
        signal,
      ),
    refetchInterval: isSending ? 2000 : 30_000,
    placeholderData: (before) => before,
    enabled: report.run_id !== null,
  });
  const isLists = factsOf(campaign.channel)?.hasBroadcastLists ?? false;
  const { data } = query;
  const title = isLists ? 'Broadcast lists' : 'Batches';
  return (
    <Section
      title={title}
      aside={data && `${figure(data.size)} people each, ${figure(data.delay_seconds)} s between`}
    >
      {query.isPending ? (
        <BlockSkeleton height={40} count={2} />
      ) : !data ? (
        <ErrorState
          title={`The ${title.toLowerCase()} could not be loaded`}
          error={query.error}
          safe="Sending goes on in the background."
          onRetry={() => void query.refetch()}
        />
      ) : (
        <>
          <ol className={css.list} aria-label={title}>
            {data.data.map((batch) => (
              <Row key={batch.number} batch={batch} noun={isLists ? 'List' : 'Batch'} size={data.size} />
            ))}
          </ol>
          {data.total > perPage && (
            <div className="row" style={{ marginTop: 8 }}>
              <Pager
                page={page}
                perPage={perPage}
                shown={data.data.length}
                total={data.total}
                onBefore={page > 1 ? () => setChosen(page - 1) : null}
                onAfter={data.next_from === null ? null : () => setChosen(page + 1)}
              />
            </div>
          )}
        </>
      )}
    </Section>
  );
}

function Row({ batch, noun, size }: { batch: BatchProgress; noun: string; size: number }) {
  const zone = useZone();
  const look = looks[batch.state];
  const whole = Math.max(batch.people, Math.min(size, batch.last - batch.first + 1), 1);
  const parts = [
    [batch.sent, deliveryColor('sent')],
    [batch.failed, deliveryColor('failed')],
    [batch.unknown, deliveryColor('unknown')],
    [batch.sending, deliveryColor('sending')],
  ] as const;
  const figures = [
    `${figure(batch.sent)} sent`,
    batch.delivered === null
      ? null
      : `${figure(batch.delivered)} delivered (${share(batch.delivered, batch.sent)})`,
    batch.read === null ? null : `${figure(batch.read)} read (${share(batch.read, batch.sent)})`,
    batch.failed > 0 ? `${figure(batch.failed)} failed` : null,
    batch.unknown > 0 ? `${figure(batch.unknown)} unknown` : null,
  ].filter((words) => words !== null);
  return (
    <li className={css.row}>
      <span className={css.name}>
        <b>
          {noun} {figure(batch.number)}
        </b>
        <span className="t3 small">
          {figure(batch.first)}–{figure(batch.last)}
        </span>
      </span>
      <span className={css.middle}>
        <span className={css.bar} aria-hidden>
          {parts.map(([n, color]) => (
            <span key={color} style={{ width: `${(n / whole) * 100}%`, background: color }} />
          ))}
        </span>
        <span className={css.figures}>
          {batch.state === 'waiting' ? (
            <span>Not begun</span>
          ) : batch.state === 'pausing' && batch.begins_at ? (
            <span>Begins at {clockSeconds(batch.begins_at, zone)}</span>
          ) : (
            figures.map((words) => <span key={words}>{words}</span>)
          )}
        </span>
      </span>
      <Badge tone={look.tone} icon={look.icon}>
        {look.word}
      </Badge>
    </li>
  );
}
