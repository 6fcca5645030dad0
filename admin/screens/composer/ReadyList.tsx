// Everything that stands between the campaign and its sending, as the server sees it, each with a way to where it is mended.
import { Skeleton } from '@mantine/core';
import { IconAlertCircle, IconAlertTriangle, IconBulb } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type CampaignCheck, type CampaignProblem, stepOfPointer } from '../../../contract/checks.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import { api, keys } from '../../api.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import css from './ReadyList.module.css';
import { stepWords } from './steps/step.ts';

/** `version`: of the campaign as it is stored; another one is looked at anew. */
export function useCheck(id: string, version: number, enabled = true) {
  return useQuery({
    queryKey: [...keys.campaign(id), 'check', version],
    queryFn: ({ signal }) => api.get<CampaignCheck>(`/campaigns/${id}/check`, undefined, signal),
    enabled,
    staleTime: 10_000,
  });
}

interface Props {
  id: string;
  version: number;
  /** Something typed is not stored yet: it is looked at once it is. */
  saving: boolean;
  /** What is on screen and not stored, each with why: the server knows nothing of it. */
  unstored: FieldProblem[];
  /** Changes of a scheduled campaign wait for Update: the list is about the campaign without them. */
  changed: boolean;
  onGo: (pointer: string) => void;
}

export function ReadyList({ id, version, saving, unstored, changed, onGo }: Props) {
  const check = useCheck(id, version, !saving);
  return (
    <section aria-labelledby="ready-list" className={css.list}>
      <h3 id="ready-list">{title(check.data, unstored.length)}</h3>
      {changed && (
        <p className="t2" style={{ marginBottom: 8 }}>
          This is the campaign as it is stored. What you changed is looked at when you press Update.
        </p>
      )}
      {check.error && !check.data ? (
        <Note
          tone="bad"
          actions={
            <button type="button" className="plain-button" onClick={() => void check.refetch()}>
              Try again
            </button>
          }
        >
          The campaign could not be checked. {problemText(check.error)}
        </Note>
      ) : !check.data ? (
        <Skeleton height={44} radius={10} />
      ) : check.data.problems.length + unstored.length === 0 ? (
        <Note tone="ok">Everything is in place. Nothing was found that keeps it from being sent.</Note>
      ) : (
        <ul className={css.problems}>
          {unstored.map((one) => (
            <Problem key={`${one.pointer}${one.detail}`} problem={unstoredProblem(one)} onGo={onGo} />
          ))}
          {check.data.problems.map((problem) => (
            <Problem key={`${problem.key}${problem.pointer}${problem.words}`} problem={problem} onGo={onGo} />
          ))}
        </ul>
      )}
    </section>
  );
}

const kinds = {
  error: { Icon: IconAlertCircle, word: 'Must be mended' },
  warning: { Icon: IconAlertTriangle, word: 'Warning' },
  hint: { Icon: IconBulb, word: 'Hint' },
};

function Problem({ problem, onGo }: { problem: CampaignProblem; onGo: Props['onGo'] }) {
  const { Icon, word } = kinds[problem.severity];
  const { href, words, pointer } = problem.remedy;
  return (
    <li data-severity={problem.severity}>
      <Icon size={16} stroke={1.75} aria-hidden />
      <span>
        <span className="sr-only">{word}: </span>
        {problem.words}
      </span>
      {href ? (
        <Link to={href}>{words}</Link>
      ) : (
        <button type="button" className="plain-button" onClick={() => onGo(pointer ?? problem.pointer)}>
          {words}
        </button>
      )}
    </li>
  );
}

/** What the server has not seen, in the form of what it finds. */
function unstoredProblem({ pointer, detail }: FieldProblem): CampaignProblem {
  const step = stepOfPointer(pointer);
  return {
    key: 'unstored',
    step,
    severity: 'error',
    pointer,
    words: `Not stored yet: ${detail}`,
    remedy: { words: `Go to ${stepWords[step]}`, href: null, pointer },
  };
}

function title(check: CampaignCheck | undefined, unstored: number): string {
  if (!check) return 'Looking for problems';
  const found = check.problems.filter(({ severity }) => severity === 'error').length;
  const errors = found + unstored;
  const others = check.problems.length - found;
  if (errors > 0)
    return errors === 1 ? '1 thing to settle before sending' : `${errors} things to settle before sending`;
  return others > 0 ? 'Ready, with something worth knowing' : 'Ready to send';
}
