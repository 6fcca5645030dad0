// Writing a campaign in six steps around one draft, which saves by itself: the step is part of the address.
import { ActionIcon, Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconTestPipe, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ComponentType, useEffect, useRef, useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import { stepOfPointer } from '../../../contract/checks.ts';
import { isBlank } from '../../../contract/message.ts';
import { isUnreachable } from '../../api.ts';
import { connectionsQuery, useMay, useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { campaignState, isHeld } from '../campaigns/state.ts';
import { StatusBadge } from '../campaigns/status.tsx';
import css from './Composer.module.css';
import { ConflictNote } from './ConflictNote.tsx';
import { contradictions } from './contradictions.ts';
import { type Draft, draftOf, sameValue, storable } from './draft.ts';
import { useAudiencePeople, usePreview } from './LivePreview.tsx';
import { goToField, ProblemSummary } from './ProblemSummary.tsx';
import { ReportLink } from './ReportLink.tsx';
import { SaveLine } from './SaveLine.tsx';
import { SendDialog } from './SendDialog.tsx';
import { StepBar } from './StepBar.tsx';
import { scheduledWords } from './schedule/words.ts';
import { AudienceAside, AudienceStep } from './steps/AudienceStep.tsx';
import { DetailsStep } from './steps/DetailsStep.tsx';
import { MessageAside, MessageStep } from './steps/MessageStep.tsx';
import { ReviewAside, ReviewStep } from './steps/ReviewStep.tsx';
import { ScheduleStep } from './steps/ScheduleStep.tsx';
import { SettingsStep } from './steps/SettingsStep.tsx';
import { type Step, type StepProps, stepOf, stepWords } from './steps/step.ts';
import { TestDialog } from './TestDialog.tsx';
import { useDraft } from './use-draft.ts';
import { useLastLook } from './use-last-look.ts';
import { useOnlyConnection } from './use-only-connection.ts';
import { useStepStates } from './use-step-states.ts';
import wizard from './Wizard.module.css';
import { WizardFoot } from './WizardFoot.tsx';

interface Parts {
  Fields: ComponentType<StepProps>;
  /** Stands on the right, below on a phone. */
  Aside?: ComponentType<StepProps>;
}
const parts: Record<Step, Parts> = {
  details: { Fields: DetailsStep },
  audience: { Fields: AudienceStep, Aside: AudienceAside },
  message: { Fields: MessageStep, Aside: MessageAside },
  schedule: { Fields: ScheduleStep },
  settings: { Fields: SettingsStep },
  review: { Fields: ReviewStep, Aside: ReviewAside },
};

export function Wizard({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const phone = usePhone();
  const step = stepOf(useSearch({ from: '/inside/campaigns/$id/edit' }).step);
  const control = useDraft(campaign);
  const { draft } = control;
  const { data: connections } = useQuery(connectionsQuery);
  const write = useMay('campaigns:write');
  const send = useMay('campaigns:send');
  const [side, setSide] = useState<'write' | 'preview'>('write');
  const [open, setOpen] = useState<'test' | 'send' | null>(null);
  const head = useRef<HTMLHeadingElement>(null);
  /** The field that the next step on screen begins with. */
  const wanted = useRef<string | null>(null);

  const scheduled = campaign.status === 'scheduled';
  const held = isHeld(campaign);
  const atTime = draft.schedule.mode !== 'now';
  const local = storable(draft, scheduled);
  const connection = connections?.data.find((item) => item.id === draft.connection_id);
  const people = useAudiencePeople(campaign);
  const preview = usePreview(
    local.patch.content ?? draft.content,
    draft.connection_id,
    people.current?.id,
    campaign.kind,
  );
  const channel = connection?.channel ?? null;
  const blank = isBlank(draft.content, channel);
  const unstored = [...(control.error?.errors ?? []), ...local.problems];
  const problems = [
    ...unstored,
    // A message that was not begun is not wrong yet.
    ...(blank ? [] : preview.problems),
    ...contradictions(draft, channel),
  ];
  const states = useStepStates(draft, problems, step, scheduled || held, channel);
  useOnlyConnection(control, connections?.data, write.may);
  const at = (pointer: string) =>
    problems.find((item) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`))?.detail;

  useEffect(() => {
    document.title = `${draft.name || 'Campaign'} – Carillon`;
  }, [draft.name]);

  const goStep = (to: Step) =>
    void navigate({ to: '/campaigns/$id/edit', params: { id: campaign.id }, search: { step: to } });
  const goTo = (pointer: string) => {
    setSide('write');
    if (stepOfPointer(pointer) === step) return goToField(pointer);
    wanted.current = pointer;
    goStep(stepOfPointer(pointer));
  };
  // Another step begins at its heading, or with the field that was asked for.
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    if (wanted.current) goToField(wanted.current);
    else head.current?.focus();
    wanted.current = null;
  }, [step]);

  const blocked =
    send.reason ??
    (!draft.connection_id ? 'Choose the connection that sends it first.' : undefined) ??
    (blank ? 'Write a message first.' : undefined);
  const changed = control.byHand && control.state !== 'saved';
  const look = useLastLook({
    control,
    preview,
    scheduled,
    onReady: () => (control.byHand && atTime ? tell('Campaign updated') : setOpen('send')),
  });
  const review = () => {
    setSide('write');
    void look.begin();
  };
  const done = scheduled && atTime && !changed;
  const untested = changed ? 'Press Update first: a test goes out as the campaign is stored.' : undefined;
  useHotkeys([['mod+Enter', () => open === null && !blocked && !done && review()]], []);

  const { Fields, Aside } = parts[step];
  const given: StepProps = {
    campaign,
    control,
    problems,
    unstored,
    at,
    tried: look.tried,
    mayWrite: write.may,
    connections: connections?.data,
    connection,
    preview,
    people,
    blank,
    goTo,
  };
  const sides = phone && step === 'message';
  return (
    <div className={css.composer}>
      <header className={css.top}>
        <ActionIcon
          variant="subtle"
          size={32}
          aria-label="Close, back to campaigns"
          onClick={() => void navigate({ to: '/campaigns' })}
        >
          <IconX size={16} stroke={1.75} />
        </ActionIcon>
        <h1 className={`${wizard.title} ellipsis`} title={draft.name}>
          {draft.name || 'Campaign without a name'}
        </h1>
        {!phone && <StatusBadge state={campaignState(campaign)} />}
        <SaveLine control={control} left={local.problems.length} />
        <div className={wizard.topActions}>
          {!phone && !scheduled && <SaveDraft control={control} reason={write.reason} />}
          <ReasonButton
            variant="default"
            reason={blocked ?? untested}
            leftSection={<IconTestPipe size={16} stroke={1.75} />}
            onClick={() => setOpen('test')}
          >
            Send test
          </ReasonButton>
        </div>
      </header>
      <StepBar id={campaign.id} step={step} states={states} />
      {sides && (
        <div className={css.sides}>
          <FilterTabs
            label="Side"
            value={side}
            onChange={setSide}
            choices={[
              { value: 'write', label: 'Write' },
              { value: 'preview', label: 'Preview' },
            ]}
          />
        </div>
      )}
      <div className={Aside ? css.halves : wizard.single}>
        {(!sides || side === 'write') && (
          <div className={css.form}>
            <h2 ref={head} tabIndex={-1} className="sr-only">
              {stepWords[step]}
            </h2>
            <Notes campaign={campaign} control={control} writeReason={write.reason} />
            {look.tried && problems.length > 0 && (
              <ProblemSummary ref={look.summary} problems={problems} onGo={goTo} />
            )}
            <fieldset disabled={!write.may} className={css.fields}>
              <Fields {...given} />
            </fieldset>
          </div>
        )}
        {Aside && (!sides || side === 'preview') && <Aside {...given} />}
      </div>
      <WizardFoot
        step={step}
        onStep={goStep}
        blocked={blocked}
        atTime={atTime}
        done={done}
        update={changed ? updateWords(draft, campaign) : null}
        updateBlocked={write.reason}
        onDiscard={() =>
          void control.reload().catch((error) => tellProblem('The changes could not be discarded', error))
        }
        onSend={review}
      />
      <TestDialog
        campaignId={campaign.id}
        connectionId={draft.connection_id}
        opened={open === 'test'}
        onClose={() => setOpen(null)}
        save={control.save}
        variants={draft.settings.ab?.variants}
      />
      <SendDialog
        campaignId={campaign.id}
        name={draft.name}
        connection={connection}
        schedule={draft.schedule}
        begun={scheduled || held}
        opened={open === 'send'}
        onClose={() => setOpen(null)}
      />
    </div>
  );
}

/** What a press of the one button does with what was changed in a scheduled campaign. */
function updateWords(draft: Draft, campaign: Campaign): string {
  if (draft.schedule.mode !== 'now') return 'Update';
  const stored = draftOf(campaign);
  return sameValue({ ...draft, schedule: stored.schedule }, stored) ? 'Send now' : 'Update and send';
}

/** What concerns the whole campaign, above every step. */
function Notes(props: {
  campaign: Campaign;
  control: ReturnType<typeof useDraft>;
  writeReason: string | undefined;
}) {
  const { campaign, control, writeReason } = props;
  const zone = useZone();
  const unplaced =
    control.state === 'refused' && control.error && control.error.errors.length === 0
      ? isUnreachable(control.error)
        ? 'No connection to Carillon, trying again. What you typed is kept in this browser.'
        : control.error.detail
      : null;
  return (
    <>
      <ConflictNote control={control} />
      {unplaced && <Note tone="bad">{unplaced}</Note>}
      {writeReason && <Note tone="info">{writeReason}</Note>}
      {isHeld(campaign) && (
        <Note tone="warn" actions={<ReportLink campaign={campaign} />}>
          {campaign.status_reason}
        </Note>
      )}
      {campaign.status === 'scheduled' && (
        <Note tone={control.state === 'saved' ? 'info' : 'warn'} actions={<ReportLink campaign={campaign} />}>
          Scheduled: {scheduledWords(campaign, zone)}.{' '}
          {control.state === 'saved'
            ? 'What you change here counts once you press Update.'
            : control.draft.schedule.mode === 'now'
              ? 'That stands until you send it now, below, and confirm it.'
              : 'What you changed is kept in this browser: it goes out as it was until you press Update, below.'}
        </Note>
      )}
    </>
  );
}

/** It saves by itself; whoever wants to be sure presses this. */
function SaveDraft({
  control,
  reason,
}: {
  control: ReturnType<typeof useDraft>;
  reason: string | undefined;
}) {
  const save = async () => {
    const saved = await control.save();
    if (saved === true) tell('Draft saved');
    else
      tellProblem(
        'The draft could not be saved',
        saved || new Error('Somebody changed it meanwhile: see the note above the form.'),
      );
  };
  return (
    <Button variant="subtle" disabled={Boolean(reason)} onClick={() => void save()}>
      Save draft
    </Button>
  );
}
