// The limits of one connection: how fast it may send, how fast it does, what holds it, and when what waits is through.
import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import type { Limits } from '../../../contract/limits.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { Page, Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { rateWords } from '../../ui/rates.ts';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { clock, clockSeconds, moment, momentShort } from '../../ui/times.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { notKnown, waitWords } from '../report/wait-words.ts';
import { allowedNow } from './allowed-now.ts';
import { CircuitNotice } from './CircuitNotice.tsx';
import { messagingLimitWords } from './Health.tsx';
import css from './Limits.module.css';
import { RateLine } from './RateLine.tsx';
import { EditWarmUp, WarmUpSection } from './WarmUp.tsx';

/** As often as the lanes write their samples. */
const refreshMs = 5000;

export function LimitsScreen() {
  const { id } = useParams({ from: '/inside/connections/$id/limits' });
  const write = useMay('connections:write');
  const [editing, setEditing] = useState(false);
  const connection = useQuery({
    queryKey: [...keys.connections, id],
    queryFn: ({ signal }) => api.get<Connection>(`/connections/${id}`, undefined, signal),
  });
  const limits = useQuery({
    queryKey: keys.limits(id),
    queryFn: ({ signal }) => api.get<Limits>(`/connections/${id}/limits`, undefined, signal),
    refetchInterval: refreshMs,
  });
  const error = connection.error ?? limits.error;
  const ready = connection.data && limits.data;
  if (error && !ready)
    return error instanceof ApiProblem && error.status === 404 ? (
      <NotFound what="This connection" />
    ) : (
      <ErrorState
        title="The limits could not be loaded"
        error={error}
        safe="Sending goes on in the background."
        onRetry={() => void Promise.all([connection.refetch(), limits.refetch()])}
      />
    );
  const hasPlan = connection.data?.warm_up.day_limits != null;
  return (
    <Page
      title={connection.data ? `Limits of ${connection.data.name}` : 'Limits'}
      sunken
      before={
        <ActionIcon variant="subtle" aria-label="Back to connections" component={Link} to="/connections">
          <IconArrowLeft size={16} stroke={1.75} />
        </ActionIcon>
      }
      actions={
        ready && (
          <ReasonButton reason={write.reason} onClick={() => setEditing(true)}>
            {hasPlan ? 'Change warm-up' : 'Plan warm-up'}
          </ReasonButton>
        )
      }
    >
      {!ready ? (
        <BlockSkeleton height={160} count={3} />
      ) : (
        <div className={css.grid}>
          {error ? (
            <div className={css.whole}>
              <Note tone="warn">These figures are not refreshed at present: the server did not answer.</Note>
            </div>
          ) : null}
          <Speed connection={connection.data} limits={limits.data} />
          <Waiting limits={limits.data} />
          <WarmUpSection connection={connection.data} limits={limits.data} />
          <Declared connection={connection.data} limits={limits.data} />
          <EditWarmUp connection={connection.data} opened={editing} onClose={() => setEditing(false)} />
        </div>
      )}
    </Page>
  );
}

function Speed({ connection, limits }: { connection: Connection; limits: Limits }) {
  const zone = useZone();
  return (
    <div className={css.whole}>
      <Section title="Speed" aside={`Times in ${zoneCity(zone)}`}>
        <dl className={css.facts}>
          <Fact label="Allowed now" {...allowedNow(connection, limits, zone)} />
          <Fact label="Sent now" value={rateWords(limits.now_per_second)} />
          <Fact
            label={`${channelWord(connection.channel)} publishes`}
            value={rateWords(limits.declared_per_second)}
          />
          <Fact
            label="Learned"
            value={
              limits.learned_per_second === null ? 'Nothing lower' : rateWords(limits.learned_per_second)
            }
          />
        </dl>
        <div className={css.notes} aria-live="polite">
          <WhySlower connection={connection} limits={limits} />
        </div>
        <RateLine samples={limits.samples} perMinute={limits.declared_per_second * 60} zone={zone} />
      </Section>
    </div>
  );
}

/** What holds the speed down at this moment, in words; the first is what a person would ask first. */
function WhySlower({ connection, limits }: { connection: Connection; limits: Limits }) {
  const zone = useZone();
  const platform = channelWord(connection.channel);
  const { last_hour, last_at, until } = limits.rate_limited;
  const times = last_hour === 1 ? 'once in the last hour' : `${figure(last_hour)} times in the last hour`;
  const said = last_at
    ? `${platform} answered 429 (too many requests) at ${clock(last_at, zone)}, ${times}.`
    : '';
  return (
    <>
      {connection.status === 'error' && connection.problem && <Note tone="bad">{connection.problem}</Note>}
      <CircuitNotice connection={connection} />
      {limits.wait?.reason === 'held' && <Note tone="warn">{waitWords(limits.wait, zone)}</Note>}
      {until && (
        <Note tone="warn">
          {said} Nothing is sent through this connection until {clockSeconds(until, zone)}, then it goes on by
          itself.
        </Note>
      )}
      {!until && limits.learned_per_second !== null && (
        <Note tone="info">
          {last_hour > 0 ? `${said} ` : `${platform} answered 429 (too many requests) some time ago. `}
          The rate was lowered to what {platform} accepts. It rises again by itself in quiet time.
        </Note>
      )}
      {!until && limits.learned_per_second === null && last_hour > 0 && (
        <Note tone="info">{said} Only the chats concerned waited, or the rate has recovered.</Note>
      )}
      {limits.warm_up.resumes_at && (
        <Note tone="info">
          Today’s warm-up limit is used up. Campaign messages go on at{' '}
          {momentShort(limits.warm_up.resumes_at, zone)}; replies are not held.
        </Note>
      )}
      {limits.paid_broadcast?.active && (
        <Note tone="info">
          A paid broadcast is being sent at up to {figure(limits.paid_broadcast.per_second)} messages per
          second. It costs the bot’s Stars.
        </Note>
      )}
    </>
  );
}

const waitingWords = {
  reply: 'Replies',
  test: 'Test messages',
  event: 'Cart and order messages',
  broadcast: 'Campaign messages',
} as const;

function Waiting({ limits }: { limits: Limits }) {
  const zone = useZone();
  return (
    <Section
      title="Waiting to be sent"
      help="In this order. A reply never waits behind a campaign."
      aside={
        <Link to="/campaigns" search={{ status: 'sending' }}>
          Campaigns being sent
        </Link>
      }
    >
      <dl className={css.rows}>
        {limits.waiting.map(({ priority, count }) => (
          <div key={priority}>
            <dt className="t2">{waitingWords[priority]}</dt>
            <dd>{figure(count)}</dd>
          </div>
        ))}
        <div>
          <dt className="t2">Through at</dt>
          <dd>
            {limits.finish_at
              ? `${moment(limits.finish_at, zone)} ${zoneCity(zone)}`
              : limits.waiting.some(({ count }) => count > 0)
                ? limits.wait
                  ? notKnown[limits.wait.reason]
                  : 'Not known yet'
                : 'Nothing is waiting'}
          </dd>
        </div>
        <div>
          <dt className="t2">Held back for replies while people are answered</dt>
          <dd>Up to {Math.round(limits.reply_reserve * 100)}%</dd>
        </div>
      </dl>
    </Section>
  );
}

const scopeWords = {
  connection: 'All messages together',
  paid: 'Paid broadcasts',
  recipient: 'One person',
  group: 'One group',
} as const;

function Declared({ connection, limits }: { connection: Connection; limits: Limits }) {
  return (
    <div className={css.whole}>
      <Section title={`What ${channelWord(connection.channel)} allows`}>
        <dl className={css.rows}>
          {limits.declared.map((limit) => (
            <div key={limit.scope}>
              <dt>
                {scopeWords[limit.scope]}
                <div className="small t3">{limit.source}</div>
              </dt>
              <dd>{limitWords(limit)}</dd>
            </div>
          ))}
          {limits.messaging_limit !== null && (
            <div>
              <dt>
                New conversations in 24 hours
                <div className="small t3">
                  Of all numbers of the business together, as WhatsApp last told. Answers within 24 hours do
                  not count.
                </div>
              </dt>
              <dd>{messagingLimitWords(limits.messaging_limit)}</dd>
            </div>
          )}
        </dl>
      </Section>
    </div>
  );
}

function limitWords({ messages, per_seconds }: Limits['declared'][number]): string {
  const many = `${figure(messages)} ${messages === 1 ? 'message' : 'messages'}`;
  if (per_seconds === 1) return `${many} per second`;
  return per_seconds === 60 ? `${many} per minute` : `${many} in ${figure(per_seconds)} seconds`;
}

function Fact({ label, value, more }: { label: string; value: string; more?: string }) {
  return (
    <div>
      <dt className="small t3">{label}</dt>
      <dd>
        <b>{value}</b>
        {more && <div className="small t3">{more}</div>}
      </dd>
    </div>
  );
}
