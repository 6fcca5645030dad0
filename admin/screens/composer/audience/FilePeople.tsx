// The people of a file that was imported: the newest imports to choose from, or a new one.
import { Button } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ContactImport } from '../../../../contract/imports.ts';
import type { Page } from '../../../../contract/lists.ts';
import { zoneCity } from '../../../../contract/zones.ts';
import { ApiProblem, api, keys } from '../../../api.ts';
import { usePages } from '../../../paging.ts';
import { useMay, useZone } from '../../../session.ts';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { LoadMore } from '../../../ui/LoadMore.tsx';
import { Note } from '../../../ui/Note.tsx';
import { people } from '../../../ui/numbers.ts';
import { RowSkeletons } from '../../../ui/Skeletons.tsx';
import { moment } from '../../../ui/times.ts';
import { segmentQuery } from '../../segments/segment-query.ts';
import css from './Audience.module.css';

const newest = { status: 'finished', limit: 30 };

/** The newest import that put its people into this list; undefined: none of the newest did, or it is not known yet. */
export function useImportOfList(segmentId: string | undefined): ContactImport | undefined {
  const read = useMay('imports:read');
  const { data } = useQuery({
    queryKey: [...keys.works('import'), 'of-list'],
    queryFn: ({ signal }) => api.get<Page<ContactImport>>('/imports', newest, signal),
    enabled: read.may && segmentId !== undefined,
  });
  return segmentId === undefined
    ? undefined
    : data?.data.find((one) => one.settings.segment_id === segmentId);
}

export function FilePeople(props: { campaignId: string; onDone: (chosen: ContactImport) => void }) {
  const read = useMay('imports:read');
  const zone = useZone();
  const list = usePages<ContactImport>(
    [...keys.works('import'), 'finished'],
    '/imports',
    newest,
    read.may,
    false,
  );
  const rows = list.rows ?? [];
  const lists = useQueries({
    queries: rows.map(({ settings }) => ({
      ...listQuery(settings.segment_id ?? ''),
      enabled: settings.segment_id !== null,
      retry: false,
    })),
  });
  const newImport = (
    <Button
      variant="default"
      renderRoot={(root) => <Link {...root} to="/contacts/import" search={{ campaign: props.campaignId }} />}
    >
      Import a new file
    </Button>
  );
  return (
    <>
      {!read.may ? (
        <Note tone="info">{read.reason}</Note>
      ) : list.error && !list.rows ? (
        <ErrorState
          title="The imports could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : !list.rows ? (
        <RowSkeletons rows={4} height={52} />
      ) : rows.length === 0 ? (
        <p className="t2">No file has been imported yet.</p>
      ) : (
        <ul className={css.files}>
          {rows.map((one, index) => {
            const { data, error } = lists[index] ?? {};
            const why = whyNot(one, error);
            return (
              <li key={one.id}>
                <button
                  type="button"
                  className={css.file}
                  disabled={why !== null || !data}
                  onClick={() => props.onDone(one)}
                >
                  <span className={css.fileName} dir="auto">
                    {one.file_name}
                  </span>
                  <span className={css.fileCount}>{data?.count != null && people(data.count)}</span>
                  <span className={css.fileNote}>
                    {moment(one.finished_at ?? one.created_at, zone)} {zoneCity(zone)}
                    {why ? `. ${why}` : data && `, in the list “${data.name}”`}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {list.hasNextPage && (
        <LoadMore
          shown={rows.length}
          one="import"
          many="imports"
          hasMore
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
      <div className="row wrap" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        {newImport}
      </div>
    </>
  );
}

/** What was read of the list while its import was still to begin is of an empty one. */
const listQuery = (id: string) => ({ ...segmentQuery(id), refetchOnMount: 'always' as const });

/** Why the people of an import cannot be taken; null: they can. */
function whyNot(one: ContactImport, error: unknown): string | null {
  if (one.settings.segment_id === null) return 'Its people were put into no list: import it again with one';
  return error instanceof ApiProblem && error.status === 404 ? 'Its list was deleted since' : null;
}

/** Which file it is, under the choice. */
export function ChosenFile({ chosen, onOther }: { chosen: ContactImport; onOther: () => void }) {
  const zone = useZone();
  const { data } = useQuery(listQuery(chosen.settings.segment_id ?? ''));
  return (
    <div className="row wrap" style={{ marginTop: 8 }}>
      <span className="t2">
        <bdi className="strong">{chosen.file_name}</bdi> (
        {moment(chosen.finished_at ?? chosen.created_at, zone)} {zoneCity(zone)})
        {data && `: ${data.count === null ? 'the people' : people(data.count)} of the list “${data.name}”`}
      </span>
      <Button size="xs" variant="default" onClick={onOther}>
        Choose another file
      </Button>
    </div>
  );
}
