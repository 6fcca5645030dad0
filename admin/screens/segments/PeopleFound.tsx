// How many people the rule on screen means, and some of them: beside the editor, while it is written.
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { clockSeconds } from '../../ui/times.ts';
import type { PeopleCount } from './rules/use-people-count.ts';
import css from './Segments.module.css';

interface Props {
  count: PeopleCount;
  /** Why nothing is counted: "Add a condition …"; null: it is. */
  waiting: string | null;
}

export function PeopleFound({ count, waiting }: Props) {
  const zone = useZone();
  const { found, counting, error } = count;
  const old = counting || waiting !== null || Boolean(error) || count.problems.length > 0;
  const said =
    waiting ?? (counting ? 'Counting…' : error || count.problems.length > 0 ? 'Not counted' : null);
  return (
    <Section
      title="Who is meant"
      aside={
        <span data-testid="count-state">{said ?? (count.at && `as of ${clockSeconds(count.at, zone)}`)}</span>
      }
    >
      <p className={css.number} data-old={old || undefined} data-testid="people-count" aria-busy={counting}>
        {found ? figure(found.count) : '–'}
        <span className="t2" style={{ fontSize: 13, fontWeight: 400, letterSpacing: 0 }}>
          {' '}
          {found?.count === 1 ? 'person' : 'people'}
        </span>
      </p>
      <p className="sr-only" role="status">
        {!old && found && `${figure(found.count)} ${found.count === 1 ? 'person' : 'people'}`}
      </p>
      {error ? (
        <Note
          tone="bad"
          actions={
            <Button size="xs" variant="subtle" onClick={count.retry}>
              Try again
            </Button>
          }
        >
          {problemText(error)} {found && 'The number above is of the rule before. '}The rule can be saved all
          the same.
        </Note>
      ) : !old && found?.count === 0 ? (
        <p className="t2">
          Nobody at present. Turn one condition to its opposite, or remove it, to see which leaves nobody.
        </p>
      ) : (
        found &&
        found.sample.length > 0 && (
          <>
            <p className="t3 small">{found.sample.length < found.count ? 'Some of them' : 'All of them'}</p>
            <ul className={css.sample} style={{ opacity: old ? 0.6 : 1 }}>
              {found.sample.map((person) => (
                <li key={person.id} className="row">
                  <Avatar name={person.name} size="small" />
                  <Link
                    to="/contacts/$id"
                    params={{ id: person.id }}
                    target="_blank"
                    className="ellipsis grow"
                    dir="auto"
                  >
                    {person.name}
                  </Link>
                  <span className="t3 small ellipsis">{person.email}</span>
                </li>
              ))}
            </ul>
          </>
        )
      )}
    </Section>
  );
}
