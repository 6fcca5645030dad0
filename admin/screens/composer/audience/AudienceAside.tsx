// What the audience comes to: the reach, each part with the people behind it, what sending takes, and why for one person.

import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AudienceCount, AudiencePart, AudiencePerson } from '../../../../contract/audience.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Channel } from '../../../../contract/connections.ts';
import { keys } from '../../../api.ts';
import { usePages } from '../../../paging.ts';
import { connectionsQuery, useZone } from '../../../session.ts';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { problemText } from '../../../ui/FieldProblem.tsx';
import { LoadMore } from '../../../ui/LoadMore.tsx';
import { Note } from '../../../ui/Note.tsx';
import { duration, figure, people } from '../../../ui/numbers.ts';
import { addressText, phoneText } from '../../../ui/phones.ts';
import { rateWords } from '../../../ui/rates.ts';
import { RowSkeletons } from '../../../ui/Skeletons.tsx';
import { moment } from '../../../ui/times.ts';
import { CheckPerson } from '../../report/CheckPerson.tsx';
import type { Asked } from '../../report/use-why.ts';
import { WhyDrawer } from '../../report/WhyDrawer.tsx';
import { waitWords } from '../../report/wait-words.ts';
import composer from '../Composer.module.css';
import type { Draft } from '../draft.ts';
import { costDoubt, costWords, finishWords, firstWords, isGuessed } from '../forecast-words.ts';
import type { SaveState } from '../use-draft.ts';
import css from './Audience.module.css';
import { useForecast } from './use-forecast.ts';
import { useReach } from './use-reach.ts';

const partWords: [AudiencePart, keyof AudienceCount, string][] = [
  ['reachable', 'reachable', 'Will be messaged'],
  ['excluded', 'excluded', 'Left out by you'],
  ['opted_out', 'opted_out', 'Opted out'],
  ['no_identity', 'no_identity', 'No chat on this connection'],
  ['unreachable', 'unreachable', 'Blocked or deleted'],
  ['window_closed', 'window_closed', 'Have not written within 24 hours'],
  ['invalid_number', 'invalid_number', 'Phone number that cannot be one'],
  [
    'no_marketing_in_country',
    'no_marketing_in_country',
    'Number of the United States: no marketing templates',
  ],
  ['over_cap', 'over_cap', 'Over the frequency cap'],
  ['quiet_too_long', 'quiet_too_long', 'In quiet hours for too long'],
  ['local_time_passed', 'local_time_passed', 'That hour is over in their zone'],
  ['holdout', 'holdout', 'Held out to compare'],
];
/** Where addresses are phone numbers. */
const byPhone = (platform: string): Partial<Record<AudiencePart, string>> => ({
  no_identity: 'No phone number of their own',
  unreachable: `Not on ${platform} any more`,
});
type Opened = { part: AudiencePart; words: string };

export function AudienceAside(props: { campaign: Campaign; draft: Draft; state: SaveState }) {
  const { campaign, draft, state } = props;
  const { count, isStored, uncounted } = useReach(campaign, draft.audience, state);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data: connections } = useQuery(connectionsQuery);
  const channel = connections?.data.find(({ id }) => id === campaign.connection_id)?.channel ?? null;
  return (
    <aside className={composer.preview} aria-label="Estimated reach">
      {campaign.connection_id === null ? (
        <Note tone="info">Choose the bot or number that sends it: then its people are counted.</Note>
      ) : (
        <>
          <section className={css.block}>
            <h3>Estimated reach</h3>
            {uncounted ? (
              <p className="t3">{uncounted}</p>
            ) : count.error && isStored ? (
              <Note tone="warn">{problemText(count.error)}</Note>
            ) : !count.data || !isStored ? (
              <RowSkeletons rows={3} height={32} />
            ) : (
              <Parts count={count.data} channel={channel} onOpen={setOpened} />
            )}
          </section>
          {/* of another audience, or of nobody, there is nothing to say */}
          {isStored && count.data && count.data.reachable > 0 && <Forecast campaign={campaign} />}
          <section className={css.block}>
            <h3>Check a person</h3>
            <CheckPerson campaignId={campaign.id} onAsk={setAsked} />
          </section>
        </>
      )}
      <Modal
        opened={opened !== null}
        onClose={() => setOpened(null)}
        title={opened?.words}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {opened && <PartPeople campaign={campaign} part={opened.part} onAsk={setAsked} />}
      </Modal>
      <WhyDrawer campaignId={campaign.id} asked={asked} onClose={() => setAsked(null)} />
    </aside>
  );
}

function Parts(props: { count: AudienceCount; channel: Channel | null; onOpen: (part: Opened) => void }) {
  const { count, onOpen } = props;
  const facts = factsOf(props.channel);
  const own = facts?.addressesArePhones ? byPhone(facts.name) : {};
  const zone = useZone();
  const shown = partWords
    .filter(([part, key]) => part === 'reachable' || Number(count[key]) > 0)
    .map(([part, key, words]) => [part, key, own[part] ?? words] as const);
  return (
    <>
      <p>
        <span className={css.big}>{figure(count.reachable)}</span>{' '}
        <span className="t2">of {figure(count.total)} who match</span>
      </p>
      {shown.map(([part, key, words]) => (
        <button key={part} type="button" className={css.part} onClick={() => onOpen({ part, words })}>
          <span className="grow">{words}</span>
          <span className="strong">{figure(Number(count[key]))}</span>
        </button>
      ))}
      {count.in_quiet_hours > 0 && (
        <Note tone="warn">
          <button
            type="button"
            className={css.part}
            onClick={() => onOpen({ part: 'quiet', words: 'In quiet hours' })}
          >
            {people(count.in_quiet_hours)} are in quiet hours then
          </button>
          {count.quiet_until &&
            `The last of them may be messaged at ${moment(count.quiet_until, zone)} (${zone}).`}
        </Note>
      )}
    </>
  );
}

function Forecast({ campaign }: { campaign: Campaign }) {
  const zone = useZone();
  const { data } = useForecast(campaign);
  const { data: connections } = useQuery(connectionsQuery);
  const isBroken = connections?.data.find(({ id }) => id === campaign.connection_id)?.status === 'error';
  if (!data) return null;
  const first = data.goes_first && firstWords(data.goes_first);
  // those who go first have a line of their own
  const isOwn = data.wait?.reason === 'canary' || data.wait?.reason === 'variants';
  return (
    <section className={css.block}>
      <h3>What sending takes</h3>
      <Row words="Cost" value={costWords(data.cost)} />
      {costDoubt(data.cost) && (
        <p className="t3 small">
          {costDoubt(data.cost)}.{' '}
          {isGuessed(data.cost) && (
            <Link to="/settings" search={{ part: 'prices' }}>
              Check them
            </Link>
          )}
        </p>
      )}
      {data.batches !== null && <Row words="Batches" value={figure(data.batches)} />}
      {first && <Row words={first.label} value={first.value} />}
      {data.seconds !== null && (
        <Row words={`Time at ${rateWords(data.per_second)}`} value={duration(data.seconds)} />
      )}
      <Row
        words={data.finish_at ? `Through at (${zone})` : 'Through'}
        value={
          data.finish_at
            ? moment(data.finish_at, zone)
            : finishWords(data, { isBroken, isLater: false, zone })
        }
      />
      {data.wait && !isOwn && !isBroken && <p className="t3 small">{waitWords(data.wait, zone)}</p>}
      {data.note && <p className="t3 small">{data.note}</p>}
    </section>
  );
}

function Row({ words, value }: { words: string; value: string }) {
  return (
    <div className={css.person}>
      <span className="grow t2">{words}</span>
      <span>{value}</span>
    </div>
  );
}

function PartPeople(props: { campaign: Campaign; part: AudiencePart; onAsk: (asked: Asked) => void }) {
  const { campaign, part, onAsk } = props;
  const filter = { part, limit: 50 };
  const list = usePages<AudiencePerson>(
    [...keys.audience(campaign.id), 'people', part, campaign.version],
    `/campaigns/${campaign.id}/audience/people`,
    filter,
    true,
    false,
  );
  if (list.error && !list.rows)
    return (
      <ErrorState
        title="The people could not be loaded"
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    );
  if (!list.rows) return <RowSkeletons rows={5} height={40} />;
  return (
    <>
      {list.rows.length === 0 && <p className="t3">Nobody.</p>}
      {list.rows.map((one) => (
        <button
          key={one.contact_id}
          type="button"
          className={css.one}
          onClick={() => onAsk({ contactId: one.contact_id, name: one.name })}
        >
          <span className="grow ellipsis" dir="auto">
            {phoneText(one.name)}
          </span>
          <span className="t3 small" data-why={one.why ? true : undefined}>
            {one.why ?? (one.address && addressText(campaign.channel ?? '', one.address))}
          </span>
        </button>
      ))}
      {list.hasNextPage && (
        <LoadMore
          shown={list.rows.length}
          one="person"
          many="people"
          hasMore
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </>
  );
}
