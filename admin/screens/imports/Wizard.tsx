// An uploaded file on its way to being imported: columns, people, review. Every decision is stored at once, so the address can
// be reloaded, or opened by a colleague.
import { Button, Stepper } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ContactImport } from '../../../contract/imports.ts';
import type { Segment } from '../../../contract/segments.ts';
import { api, keys, newKey } from '../../api.ts';
import { useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ColumnsStep } from './ColumnsStep.tsx';
import { useChoices } from './choices.ts';
import { ImportPage } from './ImportPage.tsx';
import css from './Imports.module.css';
import { PeopleStep } from './PeopleStep.tsx';
import { ReviewStep } from './ReviewStep.tsx';
import { rowsInWords } from './rows-words.ts';
import { importKey, useImportDraft } from './use-import.ts';

const steps = ['columns', 'people', 'review'] as const;
type Step = (typeof steps)[number];
const stepWords = { columns: 'Columns', people: 'People', review: 'Review' };
const stepHeadings: Record<Step, string> = {
  columns: 'What the columns mean',
  people: 'Who is meant, and what is known of them',
  review: 'Look it over, then start',
};

export function Wizard({ item }: { item: ContactImport }) {
  const { step: wanted, campaign } = useSearch({ from: '/inside/contacts/import/$id' });
  const navigate = useNavigate({ from: '/contacts/import/$id' });
  const client = useQueryClient();
  const phone = usePhone();
  const write = useMay('imports:write');
  const mayMakeLists = useMay('segments:write').may;
  const draft = useImportDraft(item);
  const choices = useChoices(item, draft, mayMakeLists);
  const moving = useAction();
  const [asked, setAsked] = useState(false);
  const [missing, setMissing] = useState<string | null>(null);
  const step: Step = steps.find((one) => one === wanted) ?? 'columns';
  const at = steps.indexOf(step);
  const listName = useListName(choices.list);

  // a new step begins at its heading, for the eye and for the screen reader
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    heading.current?.focus();
  }, [step]);

  const go = (to: Step) => {
    setMissing(null);
    setAsked(false);
    void navigate({ search: { step: to === 'columns' ? undefined : to, campaign } });
  };
  const isWhoKnown = draft.settings.mapping.some(
    (target) =>
      target.kind === 'identity' ||
      (target.kind === 'field' && target.field !== 'language' && target.field !== 'time_zone'),
  );
  const next = () =>
    moving.run(async () => {
      setMissing(null);
      if (!isWhoKnown)
        return setMissing(
          'No column says who somebody is. Choose at least one for a name, an email, a phone number, an id or an address.',
        );
      if (step === 'people' && !choices.complete) return setAsked(true);
      choices.apply();
      if (!(await draft.flush())) return;
      const following = steps[at + 1];
      if (following) go(following);
    });
  const start = () =>
    moving.run(async () => {
      if (!choices.complete) {
        await navigate({ search: { step: 'people', campaign } });
        return setAsked(true);
      }
      choices.apply();
      if (!(await draft.flush())) return;
      const { list } = choices;
      if (list.kind === 'new') {
        const made = await api.post<Segment>(
          '/segments',
          { name: list.name.trim() },
          { idempotencyKey: newKey() },
        );
        choices.setList({ kind: 'existing', id: made.id, name: list.name });
        void client.invalidateQueries({ queryKey: keys.segments() });
      }
      if (!(await draft.flush())) return;
      const started = await api.post<ContactImport>(`/imports/${item.id}/start`);
      choices.forget();
      client.setQueryData(importKey(item.id), started);
      void client.invalidateQueries({ queryKey: keys.works('import') });
    });
  const back = steps[at - 1];
  return (
    <ImportPage
      item={item}
      footer={
        <div className={css.foot}>
          {back && (
            <Button
              variant="subtle"
              leftSection={<IconArrowLeft size={16} stroke={1.75} />}
              onClick={() => go(back)}
            >
              Back
            </Button>
          )}
          {!phone && step === 'review' && (
            <span className="t3 end">You can cancel at any moment; what is written by then stays.</span>
          )}
          <ReasonButton
            className={phone || step !== 'review' ? 'end' : undefined}
            reason={write.reason}
            miw={160}
            onClick={() => void (step === 'review' ? start() : next())}
          >
            {moving.busy
              ? step === 'review'
                ? 'Starting'
                : 'Saving'
              : step === 'review'
                ? `Import ${rowsInWords(item.rows_estimate)}`
                : `Continue to ${stepWords[steps[at + 1] ?? 'review'].toLowerCase()}`}
          </ReasonButton>
        </div>
      }
    >
      <Stepper
        className={css.steps}
        active={at + 1}
        size="xs"
        iconSize={24}
        allowNextStepsSelect={false}
        onStepClick={(index) => {
          const to = steps[index - 1];
          if (to && index - 1 < at) go(to);
        }}
      >
        <Stepper.Step label="File" allowStepSelect={false} />
        {steps.map((one) => (
          <Stepper.Step key={one} label={stepWords[one]} />
        ))}
      </Stepper>
      <h2 ref={heading} tabIndex={-1} className={css.stepHeading}>
        {phone && `Step ${at + 2} of 4: `}
        {stepHeadings[step]}
      </h2>
      {campaign && choices.list.kind === 'none' && (
        <Note tone="warn">
          Choose a list under People: without one the campaign cannot take who is in this file.
        </Note>
      )}
      {missing && <Note tone="bad">{missing}</Note>}
      {moving.error ? <Note tone="bad">{problemText(moving.error)}</Note> : null}
      {step !== 'columns' && draft.error ? (
        <Note tone="bad">Not stored: {problemText(draft.error)}</Note>
      ) : null}
      {step === 'columns' && <ColumnsStep item={item} draft={draft} />}
      {step === 'people' && <PeopleStep item={item} draft={draft} choices={choices} asked={asked} />}
      {step === 'review' && <ReviewStep item={item} draft={draft} choices={choices} listName={listName} />}
    </ImportPage>
  );
}

/** What the review calls the list: the new one's name, the stored one's, or none. */
function useListName(list: ReturnType<typeof useChoices>['list']): string | null {
  const id = list.kind === 'existing' ? list.id : null;
  const { data } = useQuery({
    queryKey: keys.segment(id ?? ''),
    queryFn: ({ signal }) => api.get<Segment>(`/segments/${id}`, undefined, signal),
    enabled: id !== null,
  });
  if (list.kind === 'new') return `${list.name.trim()}, a new list`;
  return list.kind === 'existing' ? (data?.name ?? 'The chosen list') : null;
}
