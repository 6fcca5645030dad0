// The people of a segment at this moment, with search; those of a list can be taken out one by one.
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconUserMinus, IconUsers } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import type { Segment, SegmentMember } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { day } from '../../ui/times.ts';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { contactName } from '../contacts/contact-name.ts';
import css from './Segments.module.css';

/** Those of a search come from the contact list, which knows how to search. */
function usePeople(segment: Segment, search: string) {
  const all = usePages<SegmentMember>(
    [...keys.segment(segment.id), 'members', segment.version],
    `/segments/${segment.id}/members`,
    { limit: 50 },
    search === '',
  );
  const filter = { segment_id: segment.id, search, limit: 50 };
  const found = usePages<Contact>(
    [...keys.segment(segment.id), 'found', segment.version, search],
    '/contacts',
    filter,
    search !== '',
  );
  if (search === '') return { list: all, people: all.rows };
  const people = found.rows?.map((one) => ({
    contact_id: one.id,
    name: contactName(one),
    email: one.email,
    added_at: null,
  }));
  return { list: found, people };
}

export function Members({ segment, onAdd }: { segment: Segment; onAdd: () => void }) {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('segments:write');
  const [search, setSearch] = useState('');
  const { list, people } = usePeople(segment, search);
  const isList = segment.kind === 'static';
  const change = async (body: { add?: string[]; remove?: string[] }) => {
    await api.post(`/segments/${segment.id}/members`, body);
    await client.invalidateQueries({ queryKey: keys.segment(segment.id) });
    void client.invalidateQueries({ queryKey: keys.segments() });
  };
  const remove = async ({ contact_id, name }: SegmentMember, button: HTMLElement) => {
    const item = button.closest('li');
    const beside = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector('a');
    try {
      await change({ remove: [contact_id] });
      // the button is gone with its row: the keyboard goes on beside it
      beside?.focus();
      tell(`${name} is no longer in this list`, {
        label: 'Undo',
        run: () =>
          void change({ add: [contact_id] }).catch((error) =>
            tellProblem('They could not be put back', error),
          ),
      });
    } catch (error) {
      tellProblem(`${name} could not be removed`, error);
    }
  };
  return (
    <Section title="People">
      <div className={css.tools}>
        <SearchField label="Search these people" value={search} width={280} onSearch={setSearch} />
      </div>
      {list.isPending ? (
        <RowSkeletons rows={6} height={44} />
      ) : list.error && !people ? (
        <ErrorState
          title="The people could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : people?.length === 0 ? (
        search ? (
          <p className="t2">Nobody in this segment matches “{search}”.</p>
        ) : (
          <EmptyState
            icon={<IconUsers size={32} stroke={1.5} />}
            title="Nobody at present"
            actions={
              isList && (
                <ReasonButton reason={write.reason} onClick={onAdd}>
                  Add people
                </ReasonButton>
              )
            }
          >
            {isList
              ? 'Put people into this list, and campaigns can be sent to them together.'
              : 'Whoever comes to match the rule appears here by themselves.'}
          </EmptyState>
        )
      ) : (
        <ul aria-label="People" style={{ opacity: list.isPlaceholderData ? 0.6 : 1 }}>
          {people?.map((person) => (
            <li key={person.contact_id} className={css.person}>
              <Avatar name={person.name} size="small" />
              <Link
                to="/contacts/$id"
                params={{ id: person.contact_id }}
                className="ellipsis strong grow"
                dir="auto"
              >
                {person.name}
              </Link>
              <span className="t2 ellipsis">{person.email}</span>
              {person.added_at && <span className="t3 small nowrap">added {day(person.added_at, zone)}</span>}
              {isList && write.may && (
                <Tooltip label="Remove from this list">
                  <ActionIcon
                    variant="subtle"
                    size={32}
                    aria-label={`Remove ${person.name} from this list`}
                    onClick={(event) => void remove(person, event.currentTarget)}
                  >
                    <IconUserMinus size={16} stroke={1.75} />
                  </ActionIcon>
                </Tooltip>
              )}
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <div style={{ marginTop: 12 }}>
          <LoadMore
            shown={people?.length ?? 0}
            total={list.total}
            totalIsMinimum={list.totalIsMinimum}
            one="person"
            many="people"
            hasMore
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </div>
      )}
    </Section>
  );
}
