// Whom the next check would reach, beside the preview; the people behind it open in a drawer.
import { Drawer } from '@mantine/core';
import { IconClock, IconMinus, IconSend } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { CheckedPerson } from '../../../../contract/automations.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { keys } from '../../../api.ts';
import { usePages } from '../../../paging.ts';
import { useZone } from '../../../session.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { Badge, type BadgeTone } from '../../../ui/Badge.tsx';
import { usePhone } from '../../../ui/DataTable.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { LoadMore } from '../../../ui/LoadMore.tsx';
import { people } from '../../../ui/numbers.ts';
import { BlockSkeleton, RowSkeletons } from '../../../ui/Skeletons.tsx';
import { clock, momentShort } from '../../../ui/times.ts';
import css from '../Automations.module.css';
import type { AutomationKind } from '../automation-words.ts';
import { checkWords } from '../figures-words.ts';
import { useNextCheck } from '../use-figures.ts';

export function NextCheckCard({ campaign }: { campaign: Campaign }) {
  const zone = useZone();
  const check = useNextCheck(campaign.id);
  const [opened, setOpened] = useState(false);
  const { data } = check;
  if (check.error && !data)
    return (
      <ErrorState
        title="The next check could not be looked up"
        error={check.error}
        safe="It runs all the same."
        onRetry={() => void check.refetch()}
      />
    );
  if (!data) return <BlockSkeleton height={82} />;
  const on = campaign.trigger?.enabled ?? false;
  return (
    <section className={css.aside} aria-labelledby="next-check">
      <div className="row">
        <h3 id="next-check">
          {on
            ? `Next check${data.next_at ? `, ${clock(data.next_at, zone)}` : ''}`
            : 'No check while it is off'}
        </h3>
        {on && <span className="end strong">{people(data.people)}</span>}
      </div>
      <p className="small t3">
        {on
          ? checkWords(campaign.kind as AutomationKind, data)
          : 'What happens in the shop meanwhile is ignored: switched on, it answers to what comes after.'}
      </p>
      {on && data.quiet && (
        <p className="small t3">
          {people(data.quiet.count)} in quiet hours, the first until {momentShort(data.quiet.until, zone)}.
        </p>
      )}
      {on && data.events > 0 && (
        <button type="button" className={css.link} onClick={() => setOpened(true)}>
          See who
        </button>
      )}
      <People campaign={campaign} opened={opened} onClose={() => setOpened(false)} />
    </section>
  );
}

function People(props: { campaign: Campaign; opened: boolean; onClose: () => void }) {
  const phone = usePhone();
  return (
    <Drawer
      opened={props.opened}
      onClose={props.onClose}
      position="right"
      size={phone ? '100%' : 440}
      title="Who the next check is about"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {props.opened && <PeopleList campaign={props.campaign} />}
    </Drawer>
  );
}

const looks: Record<CheckedPerson['verdict'], { tone: BadgeTone; Icon: typeof IconSend; word: string }> = {
  send: { tone: 'ok', Icon: IconSend, word: 'Gets it' },
  waits: { tone: 'info', Icon: IconClock, word: 'Waits' },
  leave_out: { tone: 'outline', Icon: IconMinus, word: 'Left out' },
};

function PeopleList({ campaign }: { campaign: Campaign }) {
  const zone = useZone();
  const list = usePages<CheckedPerson>(
    keys.checkedPeople(campaign.id),
    `/campaigns/${campaign.id}/next_check/people`,
    { limit: 50 },
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
  if (!list.rows) return <RowSkeletons rows={6} height={52} />;
  if (list.rows.length === 0)
    return (
      <EmptyState icon={<IconClock size={28} stroke={1.5} />} title="Nobody waits">
        What happens in the shop from now on is seen at once.
      </EmptyState>
    );
  return (
    <>
      <ul className={css.people}>
        {list.rows.map((row) => {
          const { tone, Icon, word } = looks[row.verdict];
          return (
            <li key={`${row.contact_id}${row.subject.id}`} className={css.person}>
              <Avatar name={row.name} size="small" />
              <div className="grow">
                <div className="row">
                  <Link
                    to="/contacts/$id"
                    params={{ id: row.contact_id }}
                    className="ellipsis grow"
                    dir="auto"
                  >
                    {row.name}
                  </Link>
                  <Badge tone={tone} icon={<Icon aria-hidden />}>
                    {word}
                  </Badge>
                </div>
                <div className="small t3">
                  {row.subject.words}. {row.words}
                  {row.until ? `, until ${momentShort(row.until, zone)}` : ''}
                </div>
              </div>
            </li>
          );
        })}
      </ul>
      <LoadMore
        shown={list.rows.length}
        one="event"
        many="events"
        hasMore={list.hasNextPage}
        loading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  );
}
