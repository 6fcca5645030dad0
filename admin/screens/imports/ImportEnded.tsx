// What became of an import: the figures, why rows were rejected, the report, and what to do next with these people.
import { Button } from '@mantine/core';
import { IconDownload, IconSpeakerphone, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ContactFilter } from '../../../contract/contact-filter.ts';
import type { ContactImport, ImportReason } from '../../../contract/imports.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { counted, duration, figure, people } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { moment, momentShort } from '../../ui/times.ts';
import { useNewCampaign } from '../campaigns/use-new-campaign.ts';
import { UseInCampaign } from './ForCampaign.tsx';
import { ImportPage } from './ImportPage.tsx';
import css from './Imports.module.css';
import { OutcomeBar } from './Outcomes.tsx';
import { StatusBadge } from './StatusBadge.tsx';
import { importKey } from './use-import.ts';

export function ImportEnded({ item }: { item: ContactImport }) {
  const { created, updated, skipped, rejected, remarked, status, problem, report_url: report } = item;
  const zone = useZone();
  const { campaign } = useSearch({ from: '/inside/contacts/import/$id' });
  const { segment_id, tags } = item.settings;
  const written = created + updated;
  const found = written + (segment_id ? skipped : 0);
  const these = segment_id ? { segment_id } : { tags: tags.slice(0, 1) };
  const counts = useCounts(these, found > 0 && Boolean(segment_id || tags[0]));
  const took =
    item.started_at && item.finished_at
      ? (Date.parse(item.finished_at) - Date.parse(item.started_at)) / 1000
      : null;
  const again = (
    <>
      To go on,{' '}
      <Link to="/contacts/import" search={{ campaign }}>
        import the file again
      </Link>
      : who was written is then there already.
    </>
  );
  return (
    <ImportPage item={item} aside={<StatusBadge status={status} />}>
      {status === 'failed' && (
        <Note tone="bad">
          <div className="strong">The import stopped</div>
          {problem}{' '}
          {written > 0
            ? `The people of ${counted(written, 'row', 'rows')} were written by then and stay.`
            : 'Nobody was written.'}{' '}
          {again}
        </Note>
      )}
      {status === 'cancelled' && (
        <Note tone="warn">
          Cancelled after {counted(item.processed, 'row', 'rows')}. What was written by then stays; the rows
          behind it were not read. {again}
        </Note>
      )}
      <Section title={headline(item)} takesFocus>
        <OutcomeBar of={item} />
        {item.finished_at && (
          <p className={`small t3 ${css.ended}`}>
            {statusWord[status]} at {momentShort(item.finished_at, zone)} {zone}
            {took !== null && `, after ${took < 1 ? 'less than 1 s' : duration(took)}`}
            {`, imported by ${item.created_by}`}
          </p>
        )}
        <div className={css.next}>
          {campaign && status === 'finished' && (
            <UseInCampaign campaignId={campaign} importId={item.id} hasList={segment_id !== null} />
          )}
          {found > 0 && (segment_id || tags[0]) && (
            <Button
              variant={campaign ? 'default' : 'filled'}
              leftSection={<IconUsers size={16} stroke={1.75} />}
              renderRoot={(props) => <Link {...props} to="/contacts" search={these} />}
            >
              {counts ? `See the ${people(counts.all)}` : 'See these people'}
            </Button>
          )}
          {found > 0 && segment_id && !campaign && (
            <CampaignButton segmentId={segment_id} count={counts?.all} />
          )}
          {report && rejected + remarked > 0 && (
            <Button
              component="a"
              href={report}
              variant="default"
              leftSection={<IconDownload size={16} stroke={1.75} />}
            >
              Download the report
            </Button>
          )}
        </div>
        {counts && counts.reachable < counts.all && (
          <p className={`small t2 ${css.ended}`}>
            {counts.reachable === 0 ? 'None' : figure(counts.reachable)} of the {people(counts.all)}{' '}
            {segment_id ? 'in this list' : 'with this tag'} can be messaged now: a campaign leaves out the
            others until they write to one of your connections, or press Start.
          </p>
        )}
      </Section>
      {rejected + remarked > 0 && <Reasons item={item} />}
    </ImportPage>
  );
}

type These = Pick<ContactFilter, 'segment_id' | 'tags' | 'reachable'>;

/** Of the people the buttons open: rows of the file may share one, and others may have been there before. */
function useCounts(these: These, enabled: boolean): { all: number; reachable: number } | null {
  const count = (filter: These) => ({
    queryKey: keys.contactCount(filter),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<{ count: number }>('/contacts/count', filter, signal),
    enabled,
  });
  const all = useQuery(count(these)).data?.count;
  const reachable = useQuery(count({ ...these, reachable: true })).data?.count;
  return all === undefined || reachable === undefined ? null : { all, reachable };
}

const statusWord: Partial<Record<ContactImport['status'], string>> = {
  finished: 'Finished',
  failed: 'Stopped',
  cancelled: 'Cancelled',
};

function headline({ status, created, updated, skipped, rejected, remarked }: ContactImport): string {
  const doubts = remarked > 0 ? `, ${figure(remarked)} to look at` : '';
  if (status === 'finished' && rejected === 0) return `Every row arrived${doubts}`;
  const rows = created + updated + skipped;
  return `${counted(rows, 'row', 'rows')} arrived${rejected > 0 ? `, ${figure(rejected)} rejected` : ''}${doubts}`;
}

function CampaignButton({ segmentId, count }: { segmentId: string; count: number | undefined }) {
  const { add, busy } = useNewCampaign();
  const write = useMay('campaigns:write');
  return (
    <ReasonButton
      variant="default"
      reason={write.reason}
      leftSection={<IconSpeakerphone size={16} stroke={1.75} />}
      onClick={() => add({ segment_ids: [segmentId] })}
    >
      {busy ? 'Adding' : count === 1 ? 'Make a campaign for this person' : 'Make a campaign for them'}
    </ReasonButton>
  );
}

const outcomeWords = { rejected: 'Rejected', remarked: 'Taken, but look at them' };

function Reasons({ item }: { item: ContactImport }) {
  const zone = useZone();
  const { data, error } = useQuery({
    queryKey: [...importKey(item.id), 'reasons'],
    queryFn: ({ signal }) =>
      api.get<{ data: ImportReason[] }>(`/imports/${item.id}/reasons`, undefined, signal),
  });
  return (
    <Section
      title="Why, and how often"
      help={
        item.file_until
          ? `The report has each of these rows as it was, with its line and its reasons. Correct the rejected ones there and import the report. It is kept until ${moment(item.file_until, zone)} ${zone}.`
          : 'The rows themselves are removed by now; the reasons remain.'
      }
    >
      {error && !data ? (
        <Note tone="warn">The reasons could not be loaded. {problemText(error)}</Note>
      ) : !data ? (
        <BlockSkeleton height={32} count={3} />
      ) : (
        (['rejected', 'remarked'] as const).map((outcome) => {
          const reasons = data.data.filter((one) => one.outcome === outcome);
          return (
            reasons.length > 0 && (
              <div key={outcome} className={css.reasonGroup}>
                <h3>
                  {outcomeWords[outcome]}: {counted(item[outcome], 'row', 'rows')}
                </h3>
                <ul className={css.reasonList}>
                  {reasons.map(({ column, reason, rows }) => (
                    <li key={`${column}${reason}`}>
                      <span className={css.reasonCount}>{figure(rows)}</span>
                      <span className="grow">
                        {column !== null && (
                          <>
                            <bdi className="strong">{column}</bdi>:{' '}
                          </>
                        )}
                        {reason}
                      </span>
                    </li>
                  ))}
                </ul>
              </div>
            )
          );
        })
      )}
    </Section>
  );
}
