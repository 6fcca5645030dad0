// What is being done with many contacts at this moment, whoever began it: how far it is, and what came of it.
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { BulkAction } from '../../../contract/bulk.ts';
import type { Page } from '../../../contract/lists.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { Note } from '../../ui/Note.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import css from './Contacts.module.css';
import { useSegmentName } from './use-segment-name.ts';

const isUnderWay = ({ status }: BulkAction) => status === 'queued' || status === 'running';

export function BulkProgress() {
  const client = useQueryClient();
  const write = useMay('contacts:write');
  const seen = useRef(new Set<string>());
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const { data } = useQuery({
    queryKey: keys.works('bulk_action'),
    queryFn: ({ signal }) => api.get<Page<BulkAction>>('/bulk_actions', { limit: 5 }, signal),
    // the socket is quicker; this is for when it is down
    refetchInterval: (query) => (query.state.data?.data.some(isUnderWay) ? 3000 : false),
  });
  const works = data?.data ?? [];
  for (const work of works) if (isUnderWay(work)) seen.current.add(work.id);
  const cancel = async (id: string) => {
    await api.post(`/bulk_actions/${id}/cancel`);
    await client.invalidateQueries({ queryKey: keys.works('bulk_action') });
  };
  const shown = works.filter(
    (work) => isUnderWay(work) || (seen.current.has(work.id) && !closed.has(work.id)),
  );
  if (shown.length === 0) return null;
  return (
    <div className={css.works}>
      {shown.map((work) =>
        isUnderWay(work) ? (
          <section key={work.id} className="card" style={{ padding: 12 }} aria-label="Under way">
            <h2 className={css.workTitle}>
              <What work={work} when="under_way" />
              <span className="t3"> · begun by {work.by}</span>
            </h2>
            <WorkProgress work={work} noun="people" reason={write.reason} onCancel={() => cancel(work.id)} />
          </section>
        ) : (
          <Note
            key={work.id}
            tone={work.status === 'failed' ? 'bad' : work.status === 'cancelled' ? 'warn' : 'ok'}
            actions={
              <Button variant="subtle" size="xs" onClick={() => setClosed(new Set([...closed, work.id]))}>
                Close
              </Button>
            }
          >
            <Outcome work={work} />
          </Note>
        ),
      )}
    </div>
  );
}

const verbs = {
  under_way: { add: 'Adding', remove: 'Removing', erase: 'Erasing' },
  done: { add: 'Added', remove: 'Removed', erase: 'Erased' },
};

/** "Adding the tag vip", and afterwards "Added the tag vip". */
function What({ work: { action }, when }: { work: BulkAction; when: keyof typeof verbs }) {
  const { add, remove, erase } = verbs[when];
  const name = useSegmentName('segment_id' in action ? action.segment_id : undefined);
  switch (action.do) {
    case 'add_tags':
    case 'remove_tags':
      return (
        <>
          {action.do === 'add_tags' ? add : remove} {action.tags.length === 1 ? 'the tag' : 'the tags'}{' '}
          {action.tags.join(', ')}
        </>
      );
    case 'add_to_segment':
      return (
        <>
          {add} to the list {name}
        </>
      );
    case 'remove_from_segment':
      return (
        <>
          {remove} from the list {name}
        </>
      );
    case 'erase':
      return <>{erase} contacts</>;
  }
}

function Outcome({ work }: { work: BulkAction }) {
  const others = [
    work.unchanged > 0 && `${figure(work.unchanged)} ${work.unchanged === 1 ? 'was' : 'were'} so already`,
    work.gone > 0 && `${figure(work.gone)} had been erased meanwhile`,
    work.refused > 0 &&
      `${figure(work.refused)} would have had more than 100 tags and were left as they were`,
    work.merged > 0 &&
      `${figure(work.merged)} ${work.merged === 1 ? 'was' : 'were'} merged meanwhile into a contact that was not chosen, and not erased`,
  ].filter(Boolean);
  const left = work.total === null ? 0 : work.total - work.processed;
  return (
    <>
      <strong>
        <What work={work} when="done" />
      </strong>
      : {people(work.changed)} changed{others.length > 0 && `, ${others.join(', ')}`}.
      {work.status === 'cancelled' && left > 0 && ` Cancelled: ${figure(left)} were left as they are.`}
      {work.status === 'failed' && ` ${work.problem ?? 'It failed.'}`}
    </>
  );
}
