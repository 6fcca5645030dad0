// What is being done with many campaigns at this moment, whoever began it: how far it is, and which were refused and why.
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { CampaignBulk, CampaignDeed } from '../../../contract/campaign-bulk.ts';
import type { Page } from '../../../contract/lists.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { Note } from '../../ui/Note.tsx';
import { counted, figure } from '../../ui/numbers.ts';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import css from '../contacts/Contacts.module.css';

const isUnderWay = ({ status }: CampaignBulk) => status === 'queued' || status === 'running';

export function CampaignBulkProgress() {
  const client = useQueryClient();
  const write = useMay('campaigns:write');
  const seen = useRef(new Set<string>());
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const { data } = useQuery({
    queryKey: keys.works('campaign_bulk'),
    queryFn: ({ signal }) => api.get<Page<CampaignBulk>>('/campaigns/bulk', { limit: 5 }, signal),
    // the socket is quicker; this is for when it is down
    refetchInterval: (query) => (query.state.data?.data.some(isUnderWay) ? 3000 : false),
  });
  const works = data?.data ?? [];
  const begun = useRef(Date.now());
  // short work may be done before it was ever seen under way
  for (const work of works)
    if (isUnderWay(work) || Date.parse(work.created_at) > begun.current) seen.current.add(work.id);
  const finished = works.filter((work) => !isUnderWay(work)).length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever one more is done, the list is another
  useEffect(() => {
    void client.invalidateQueries({ queryKey: keys.campaigns() });
  }, [client, finished]);
  const cancel = async (id: string) => {
    await api.post(`/campaigns/bulk/${id}/cancel`);
    await client.invalidateQueries({ queryKey: keys.works('campaign_bulk') });
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
              {verbs(work.action)[0]} campaigns
              <span className="t3"> · begun by {work.by}</span>
            </h2>
            <WorkProgress
              work={work}
              noun="campaigns"
              reason={write.reason}
              onCancel={() => cancel(work.id)}
            />
          </section>
        ) : (
          <Note
            key={work.id}
            tone={
              work.status === 'failed'
                ? 'bad'
                : work.status === 'cancelled' || work.refused_count > 0
                  ? 'warn'
                  : 'ok'
            }
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

/** While it runs, and afterwards. */
function verbs(action: CampaignDeed): [string, string] {
  if (action.do === 'change_status')
    return {
      paused: ['Pausing', 'Paused'],
      sending: ['Resuming', 'Resumed'],
      cancelled: ['Cancelling', 'Cancelled'],
      archived: ['Archiving', 'Archived'],
    }[action.status] as [string, string];
  if (action.do === 'feature')
    return action.featured ? ['Featuring', 'Featured'] : ['No longer featuring', 'No longer featured'];
  return {
    delete: ['Deleting', 'Deleted'],
    archive: ['Archiving', 'Archived'],
    restore: ['Restoring', 'Restored'],
    duplicate: ['Duplicating', 'Duplicated'],
    update_training: ['Updating', 'Updated'],
  }[action.do] as [string, string];
}

function Outcome({ work }: { work: CampaignBulk }) {
  const left = work.total === null ? 0 : work.total - work.processed;
  return (
    <>
      <strong>{verbs(work.action)[1]}</strong>: {counted(work.done, 'campaign', 'campaigns')}
      {work.refused_count > 0 && `, ${figure(work.refused_count)} left as they were`}.
      {work.status === 'cancelled' && left > 0 && ` Cancelled: ${figure(left)} were not looked at.`}
      {work.status === 'failed' && ` ${work.problem ?? 'It failed.'}`}
      {work.refused.length > 0 && (
        <details style={{ marginTop: 4 }}>
          <summary>Which, and why</summary>
          <ul style={{ margin: '4px 0 0', paddingLeft: 16 }}>
            {work.refused.map(({ campaign_id: id, name, detail }) => (
              <li key={id}>
                <Link to="/campaigns/$id" params={{ id }}>
                  {name}
                </Link>
                : {detail}
              </li>
            ))}
          </ul>
          {work.refused_count > work.refused.length && (
            <p className="t3">and {figure(work.refused_count - work.refused.length)} more</p>
          )}
        </details>
      )}
    </>
  );
}
