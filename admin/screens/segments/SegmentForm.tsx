// Writing a segment: its name, its rule, and beside them who is meant at this moment.
import { Button, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Rule } from '../../../contract/rules.ts';
import type { Segment } from '../../../contract/segments.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { people } from '../../ui/numbers.ts';
import { Page, Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { UnsavedChanges } from '../../ui/UnsavedChanges.tsx';
import { useAction } from '../../ui/use-action.ts';
import { PeopleFound } from './PeopleFound.tsx';
import { Presets } from './Presets.tsx';
import { RuleEditor } from './rules/RuleEditor.tsx';
import { placeProblems } from './rules/rule-problems.ts';
import { usePeopleCount } from './rules/use-people-count.ts';
import { useRuleDraft } from './rules/use-rule-draft.ts';
import css from './Segments.module.css';

interface Props {
  /** What is edited; null: a new one. */
  segment: Segment | null;
  start: { name: string; rule: Rule | null };
}

export function SegmentForm({ segment, start }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const phone = usePhone();
  const write = useMay('segments:write');
  const isList = segment?.kind === 'static';
  const [name, setName] = useState(start.name);
  const draft = useRuleDraft(start.rule);
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState<Segment | null>(null);
  const { busy, error, run } = useAction();
  const form = useRef<HTMLDivElement>(null);
  const count = usePeopleCount(isList ? null : draft.rule);
  const changed = name !== start.name || draft.changed;

  // what the server said belongs to the rule that was sent; from the next change on it may be outdated
  const [refusedAt, setRefusedAt] = useState(draft.tree);
  const refusals = error instanceof ApiProblem && refusedAt === draft.tree ? error.errors : [];
  const problems = [
    ...refusals,
    ...count.problems,
    ...(draft.changed ? [] : (segment?.problems ?? []).map(belowRule)),
  ];
  const { elsewhere } = placeProblems(problems, draft.places, '/rule');
  const incomplete = !isList && draft.rule === null;
  const nameProblem =
    problemAt(error, '/name') ?? (tried && name.trim() === '' ? 'Give the segment a name.' : undefined);
  const conflict = error instanceof ApiProblem && error.code === 'VERSION_CONFLICT';

  // away only once nothing counts as unsaved any more
  useEffect(() => {
    if (saved) void navigate({ to: '/segments/$id', params: { id: saved.id } });
  }, [saved, navigate]);
  const showFirst = () =>
    requestAnimationFrame(() =>
      form.current
        ?.querySelector<HTMLElement>('input[data-error="true"], input[aria-invalid="true"], [data-add]')
        ?.focus({ preventScroll: false }),
    );
  const save = async () => {
    setTried(true);
    if (name.trim() === '' || incomplete) return showFirst();
    setRefusedAt(draft.tree);
    const body = { name, ...(isList || (segment && !draft.changed) ? {} : { rule: draft.rule }) };
    const done = await run(async () => {
      const next = segment
        ? await api.patch<Segment>(`/segments/${segment.id}`, { ...body, version: segment.version })
        : await api.post<Segment>('/segments', body);
      client.setQueryData(keys.segment(next.id), next);
      void client.invalidateQueries({ queryKey: keys.segments() });
      client.removeQueries({ queryKey: keys.name(next.id) });
      tell(segment ? 'Segment saved' : `“${next.name}” added`);
      setSaved(next);
    });
    if (!done) showFirst();
  };
  useHotkeys([['mod+Enter', () => void (!write.reason && save())]], []);

  const waiting = draft.empty
    ? 'Add a condition to see who is meant'
    : incomplete
      ? 'Waiting for the rest of a condition'
      : null;
  return (
    <Page
      title={segment ? (isList ? 'Rename list' : 'Edit segment') : 'New segment'}
      sunken
      actions={
        <>
          <Button variant="subtle" component={Link} to={segment ? `/segments/${segment.id}` : '/segments'}>
            {phone ? 'Back' : 'Go back'}
          </Button>
          <ReasonButton reason={write.reason} miw={phone ? 72 : 116} onClick={() => void save()}>
            {busy ? 'Saving' : phone ? 'Save' : 'Save segment'}
          </ReasonButton>
        </>
      }
      footer={
        phone && !isList ? (
          <span aria-hidden>
            {waiting ?? (count.counting ? 'Counting…' : count.found && people(count.found.count))}
          </span>
        ) : undefined
      }
    >
      <UnsavedChanges when={changed && saved === null} what="this segment" />
      <div className={isList ? css.main : css.halves} ref={form}>
        <div className={css.main}>
          {error && (conflict || refusals.length === 0) ? (
            <Note
              tone="bad"
              actions={
                conflict &&
                segment && (
                  <button
                    type="button"
                    className="plain-button"
                    onClick={() => void client.invalidateQueries({ queryKey: keys.segment(segment.id) })}
                  >
                    Load the other version
                  </button>
                )
              }
            >
              {problemElsewhere(error, ['/name', '/rule'])}
            </Note>
          ) : null}
          {elsewhere.length > 0 && <Note tone="bad">{[...new Set(elsewhere)].join(' ')}</Note>}
          {tried && incomplete && (
            <Note tone="bad">
              {draft.empty
                ? 'Say who is meant: add at least one condition.'
                : 'Something is missing: it is said below each condition that it concerns.'}
            </Note>
          )}
          <div className="card" style={{ padding: 16 }}>
            <TextInput
              className={css.name}
              label="Name"
              placeholder="VIP customers"
              value={name}
              maxLength={120}
              disabled={!write.may}
              error={nameProblem}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </div>
          {!isList && (
            <section className="card" style={{ padding: 16 }} aria-label="Rule">
              <RuleEditor draft={draft} problems={problems} showMissing={tried} disabled={!write.may} />
            </section>
          )}
          {!segment && draft.empty && write.may && (
            <Section
              title="Or begin with one of these"
              help="They are ordinary rules: change what does not fit your shop."
            >
              <Presets />
            </Section>
          )}
        </div>
        {!isList && (
          <div className={css.aside}>
            <PeopleFound count={count} waiting={waiting} />
          </div>
        )}
      </div>
    </Page>
  );
}

/** Troubles of a stored segment point into its rule. */
const belowRule = ({ pointer, detail }: { pointer: string; detail: string }) => ({
  pointer: pointer.startsWith('/rule') ? pointer : `/rule${pointer}`,
  detail,
});
