// The composer's form, preview and footer around one draft.
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconClock, IconSend, IconTestPipe, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import { inWords } from '../../../contract/zones.ts';
import { ApiProblem, isUnreachable } from '../../api.ts';
import { connectionsQuery, useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { zoneCity } from '../../ui/times.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { campaignState, isHeld } from '../campaigns/state.ts';
import { StatusBadge } from '../campaigns/status.tsx';
import { AudienceField } from './AudienceField.tsx';
import { ButtonsField } from './ButtonsField.tsx';
import css from './Composer.module.css';
import { ConflictNote } from './ConflictNote.tsx';
import { LivePreview, usePreview, usePreviewPeople } from './LivePreview.tsx';
import { MessageEditor } from './MessageEditor.tsx';
import { PictureField } from './PictureField.tsx';
import { ProblemSummary } from './ProblemSummary.tsx';
import { SaveLine } from './SaveLine.tsx';
import { ScheduleField } from './ScheduleField.tsx';
import { SendDialog } from './SendDialog.tsx';
import { SenderFields } from './SenderFields.tsx';
import { SendingOptions } from './SendingOptions.tsx';
import { TestDialog } from './TestDialog.tsx';
import { type Draft, storable, useDraft } from './use-draft.ts';
import { useOnlyConnection } from './use-only-connection.ts';

export function Composer({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate();
  const phone = usePhone();
  const control = useDraft(campaign);
  const { draft, change, changeContent } = control;
  const { data: connections } = useQuery(connectionsQuery);
  const write = useMay('campaigns:write');
  const send = useMay('campaigns:send');
  const [side, setSide] = useState<'write' | 'preview'>('write');
  const [open, setOpen] = useState<'test' | 'send' | null>(null);
  const [tried, setTried] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const summary = useRef<HTMLDivElement>(null);
  /** The draft whose problems were asked for and are not in focus yet. */
  const unread = useRef<Draft | null>(null);
  const [, setNamings] = useState(0);
  const again = useRef<() => Promise<void>>(async () => {});

  const scheduled = campaign.status === 'scheduled';
  const held = isHeld(campaign);
  const atTime = draft.schedule.mode === 'at';
  const local = storable(draft, scheduled);
  const connection = connections?.data.find((item) => item.id === draft.connection_id);
  const people = usePreviewPeople(draft.connection_id);
  const content = local.patch.content ?? draft.content;
  const preview = usePreview(content, draft.connection_id, people.current?.id);
  const empty = draft.content.text.trim() === '' && draft.content.media.length === 0;
  const problems = [
    ...(control.error?.errors ?? []),
    // A message that was not begun is not wrong yet.
    ...(empty ? [] : preview.problems),
    ...local.problems,
  ];
  useOnlyConnection(control, connections?.data, write.may);
  const at = (pointer: string) =>
    problems.find((item) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`))?.detail;
  const unplaced =
    control.state === 'refused' && control.error && control.error.errors.length === 0
      ? isUnreachable(control.error)
        ? 'No connection to Carillon, trying again. What you typed is kept in this browser.'
        : control.error.detail
      : null;

  // A fresh draft begins with its name.
  useEffect(() => {
    if (campaign.version === 1 && campaign.content.text === '') nameField.current?.select();
  }, [campaign.version, campaign.content.text]);
  useEffect(() => {
    document.title = `${draft.name || 'Campaign'} – Carillon`;
  }, [draft.name]);

  useEffect(() => {
    if (!unread.current || !summary.current) return;
    if (unread.current === draft) summary.current.focus();
    unread.current = null;
  });

  const blocked =
    send.reason ??
    (!draft.connection_id ? 'Choose the bot that sends it first.' : undefined) ??
    (empty ? 'Write a message first.' : undefined);
  const nameProblems = () => {
    unread.current = control.current();
    setNamings((count) => count + 1);
  };
  /** Opens the last look for exactly what is on screen, once it is stored and found right; else names what is wrong. */
  const review = async (): Promise<void> => {
    setTried(true);
    setSide('write');
    if (storable(draft, scheduled).problems.length > 0) return nameProblems();
    const [saved, verdict] = await Promise.all([
      control.save(),
      preview.check().catch((problem: Error) => problem),
    ]);
    // typed on meanwhile: that is what would be sent
    if (control.current() !== draft) return again.current();
    if (saved === true) {
      if (verdict instanceof Error)
        tellProblem('The message could not be checked, so nothing was sent', verdict);
      else if (verdict.length > 0) nameProblems();
      else setOpen('send');
    } else if (saved instanceof ApiProblem && saved.errors.length === 0)
      // Beside the form the reason stands in the line above; on a phone that line may be out of sight.
      tellProblem(
        'The draft could not be saved, so nothing was sent',
        isUnreachable(saved)
          ? new Error('No connection to Carillon, trying again. What you typed is kept in this browser.')
          : saved,
      );
    else nameProblems();
  };
  again.current = review;
  useHotkeys([['mod+Enter', () => open === null && !blocked && !(scheduled && atTime) && void review()]], []);

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
        <h1 className="sr-only">Edit campaign</h1>
        <TextInput
          ref={nameField}
          aria-label="Campaign name"
          title={draft.name}
          data-field="/name"
          className={css.name}
          value={draft.name}
          maxLength={120}
          error={Boolean(at('/name'))}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        {!phone && <StatusBadge state={campaignState(campaign)} />}
        {!phone && <SaveLine control={control} left={local.problems.length} />}
        <div className={css.topActions}>
          <ReasonButton
            variant="default"
            reason={blocked}
            leftSection={<IconTestPipe size={16} stroke={1.75} />}
            onClick={() => setOpen('test')}
          >
            Send test
          </ReasonButton>
        </div>
      </header>
      {phone && (
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
          <SaveLine control={control} left={local.problems.length} />
        </div>
      )}
      <div className={css.halves}>
        {(!phone || side === 'write') && (
          <div className={css.form}>
            <ConflictNote control={control} />
            {unplaced && <Note tone="bad">{unplaced}</Note>}
            {tried && problems.length > 0 && <ProblemSummary ref={summary} problems={problems} />}
            {!write.may && <Note tone="info">{write.reason}</Note>}
            {held && <Note tone="warn">{campaign.status_reason}</Note>}
            {scheduled && (
              <Note tone="info">
                {campaign.schedule.mode === 'at' &&
                  `Scheduled for ${inWords(new Date(campaign.scheduled_at ?? 0), campaign.schedule.time_zone)} (${zoneCity(campaign.schedule.time_zone)}). `}
                What you change here is saved at once and counts when it goes out.
              </Note>
            )}
            <fieldset disabled={!write.may} className={css.fields}>
              <SenderFields
                draft={draft}
                change={change}
                connections={connections?.data}
                problem={at('/connection_id')}
              />
              <AudienceField
                campaign={campaign}
                connectionId={draft.connection_id}
                value={draft.audience}
                onChange={(audience) => change({ audience })}
                problem={at('/audience')}
              />
              <MessageEditor
                text={draft.content.text}
                onChange={(text) => changeContent({ text })}
                length={preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null)}
                hasPicture={draft.content.media.length > 0}
                problem={at('/content/text')}
              />
              <PictureField
                value={draft.content.media[0]}
                onChange={(item) => changeContent({ media: item ? [item] : [] })}
                problem={at('/content/media')}
                disabled={!write.may}
              />
              <ButtonsField
                value={draft.content.buttons}
                onChange={(buttons) => changeContent({ buttons })}
                problems={problems}
                all={tried}
              />
              <ScheduleField
                schedule={draft.schedule}
                missed={draft.settings.missed}
                onSchedule={(schedule) => change({ schedule })}
                onMissed={(missed) => change({ settings: { ...draft.settings, missed } })}
                problem={at('/schedule')}
                missedProblem={at('/settings/missed')}
              />
              <SendingOptions
                settings={draft.settings}
                onChange={(settings) => change({ settings })}
                problemAt={at}
              />
            </fieldset>
          </div>
        )}
        {(!phone || side === 'preview') && (
          <LivePreview
            people={people}
            preview={preview}
            botName={connection?.name ?? 'Your bot'}
            blank={empty}
          />
        )}
      </div>
      <footer className={css.foot}>
        <Button variant="subtle" component={Link} to="/campaigns">
          Back to campaigns
        </Button>
        {scheduled && atTime ? (
          <Button component={Link} to="/campaigns">
            Done
          </Button>
        ) : (
          <ReasonButton
            reason={blocked}
            leftSection={
              atTime ? <IconClock size={16} stroke={1.75} /> : <IconSend size={16} stroke={1.75} />
            }
            onClick={() => void review()}
          >
            {atTime ? 'Schedule' : 'Send'}
          </ReasonButton>
        )}
      </footer>
      <TestDialog
        campaignId={campaign.id}
        connectionId={draft.connection_id}
        opened={open === 'test'}
        onClose={() => setOpen(null)}
        save={control.save}
      />
      <SendDialog
        campaignId={campaign.id}
        name={draft.name}
        connection={connection}
        settings={draft.settings}
        schedule={draft.schedule}
        begun={scheduled || held}
        opened={open === 'send'}
        onClose={() => setOpen(null)}
      />
    </div>
  );
}
