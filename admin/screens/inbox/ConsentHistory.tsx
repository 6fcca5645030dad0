// Every change of a person's consent, newest first: what, from where, in which words, by whom, when.
import type { ConsentChanged } from '../../../contract/consent.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { Note } from '../../ui/Note.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { repeatsTogether, sourceWords } from './consent-words.ts';
import css from './Inbox.module.css';

const stateWords = { opted_in: 'Opted in', opted_out: 'Opted out', not_asked: 'Not asked' };

export function ConsentHistory({ contactId }: { contactId: string }) {
  const zone = useZone();
  const list = usePages<ConsentChanged>(keys.consent(contactId), `/contacts/${contactId}/consent/history`, {
    limit: 20,
  });
  if (list.isPending) return <BlockSkeleton height={36} count={2} />;
  if (list.error && !list.rows)
    return <Note tone="warn">The history could not be loaded. {problemText(list.error)}</Note>;
  if (list.rows?.length === 0) return <p className="small t3">Nothing was recorded yet.</p>;
  return (
    <>
      <ol className={css.history} aria-label="History of consent">
        {repeatsTogether(list.rows ?? []).map(({ row, times, first }) => (
          <li key={`${row.at}${row.channel}${row.state}`} className="small">
            <div>
              {stateWords[row.state]}, {channelWord(row.channel)}
            </div>
            <div className="t3">
              {sourceWords[row.source] ?? row.source}
              {row.by && `, ${row.by}`}, {moment(row.at, zone)}
              {times > 1 && `, said ${times} times since ${moment(first, zone)}`}
            </div>
            {row.wording && (
              <div className="t2">
                “<bdi className={css.quote}>{row.wording}</bdi>”
              </div>
            )}
            {row.reason && <div className="t2">Reason: {row.reason}</div>}
          </li>
        ))}
      </ol>
      {list.hasNextPage && (
        <LoadMore
          shown={list.rows?.length ?? 0}
          one="change"
          many="changes"
          hasMore
          total={list.total}
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </>
  );
}
