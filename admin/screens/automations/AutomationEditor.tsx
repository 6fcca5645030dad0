// One automation: what it says, when, to whom not, and beside it what a person reads. Stored by a press of Save changes, for it goes
// out by itself: until then what was changed is kept in this browser, and people get it as it was.
import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconPower, IconSend } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { isBlank } from '../../../contract/message.ts';
import { keys } from '../../api.ts';
import { connectionsQuery, useMay } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { kindWords } from '../campaigns/status.tsx';
import { ButtonsField } from '../composer/ButtonsField.tsx';
import { ConflictNote } from '../composer/ConflictNote.tsx';
import { storable } from '../composer/draft.ts';
import { LivePreview, usePreview, usePreviewPeople } from '../composer/LivePreview.tsx';
import { MessageEditor } from '../composer/MessageEditor.tsx';
import { goToField, ProblemSummary } from '../composer/ProblemSummary.tsx';
import { TestDialog } from '../composer/TestDialog.tsx';
import { useDraft } from '../composer/use-draft.ts';
import { WhatsAppMessage } from '../composer/whatsapp/WhatsAppMessage.tsx';
import { labelOfConnection } from '../connections/handle.ts';
import { AutomationMenu } from './AutomationMenu.tsx';
import css from './Automations.module.css';
import { type AutomationKind, channelsOf } from './automation-words.ts';
import { Backtest } from './Backtest.tsx';
import { DelayField } from './DelayField.tsx';
import { MoreSettings } from './MoreSettings.tsx';
import { NextCheckCard } from './NextCheckCard.tsx';
import { OnWhatsApp } from './OnWhatsApp.tsx';
import { PictureField } from './PictureField.tsx';
import { QuietHoursCard } from './QuietHoursCard.tsx';
import { UnlessFields } from './UnlessFields.tsx';
import { putAutomation } from './use-automations.ts';
import { WaitingFields } from './WaitingFields.tsx';

export function AutomationEditor(props: { campaign: Campaign; onBack?: (() => void) | undefined }) {
  const { campaign, onBack } = props;
  const kind = campaign.kind as AutomationKind;
  const client = useQueryClient();
  const control = useDraft(campaign);
  const { draft, change, changeContent } = control;
  const write = useMay('campaigns:write');
  const send = useMay('campaigns:send');
  const { data: connections } = useQuery(connectionsQuery);
  const [tried, setTried] = useState(false);
  const [testing, setTesting] = useState(false);
  const [looked, setLooked] = useState<Channel>();
  const summary = useRef<HTMLDivElement>(null);
  const local = storable(draft);
  const content = local.patch.content ?? draft.content;
  const people = usePreviewPeople(draft.connection_id, campaign.id);
  const preview = usePreview(content, draft.connection_id, people.current?.id, kind);
  const connection = connections?.data.find((item) => item.id === draft.connection_id);
  const channels = channelsOf({ ...draft, channel: connection?.channel ?? null }, connections?.data);
  const whatsapp = connections?.data.find((item) => item.channel === 'whatsapp');
  const problems = [...(control.error?.errors ?? []), ...local.problems, ...preview.problems];
  const at = (pointer: string) =>
    problems.find((item) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`))?.detail;
  const off = !write.may;
  const on = campaign.trigger?.enabled ?? false;
  const { trigger } = draft;

  const save = async () => {
    setTried(true);
    const found = [...local.problems, ...(await preview.check().catch(() => []))];
    if (found.length > 0) return void setTimeout(() => summary.current?.focus(), 0);
    if ((await control.save()) !== true) return void setTimeout(() => summary.current?.focus(), 0);
    setTried(false);
    const saved = client.getQueryData<Campaign>(keys.campaign(campaign.id));
    if (saved) putAutomation(client, saved);
    void client.invalidateQueries({ queryKey: keys.nextCheck(campaign.id) });
    tell(on ? 'Saved: from now on people get it like this' : 'Changes saved');
  };
  const saving = control.state === 'saving';
  const clean = control.state === 'saved';
  const unsaved =
    write.reason ??
    (clean
      ? 'Nothing was changed'
      : control.state === 'conflict'
        ? 'See the note above the form'
        : undefined);

  return (
    <section className={css.editor} aria-label={`Edit ${campaign.name}`}>
      <header className={css.head}>
        {onBack && (
          <ActionIcon variant="subtle" size={40} aria-label="Back to automations" onClick={onBack}>
            <IconArrowLeft size={16} stroke={1.75} />
          </ActionIcon>
        )}
        <h2 className="ellipsis" title={draft.name}>
          {draft.name || kindWords[kind]}
        </h2>
        <Badge tone={on ? 'ok' : 'mute'} icon={on ? <IconCheck aria-hidden /> : <IconPower aria-hidden />}>
          {on ? 'On' : 'Off'}
        </Badge>
        <div className={css.headActions}>
          <span role="status" className={`small t3 ${css.unsaved}`}>
            {clean || saving ? '' : 'Not saved yet'}
          </span>
          {!clean && !saving && (
            <Button
              variant="subtle"
              onClick={() =>
                void control
                  .reload()
                  .then(() => setTried(false))
                  .catch((error) => tellProblem('The changes could not be discarded', error))
              }
            >
              Discard
            </Button>
          )}
          <ReasonButton
            variant="subtle"
            reason={
              send.reason ??
              (isBlank(draft.content, connection?.channel ?? null) ? 'Write a message first.' : undefined)
            }
            leftSection={<IconSend size={16} stroke={1.75} />}
            onClick={() => setTesting(true)}
          >
            Send test
          </ReasonButton>
          <ReasonButton
            miw={112}
            reason={saving ? undefined : unsaved}
            onClick={() => !saving && void save()}
          >
            {saving ? 'Saving' : 'Save changes'}
          </ReasonButton>
          <AutomationMenu campaign={campaign} />
        </div>
      </header>
      <div className={css.body}>
        <div className={css.form}>
          {off && <Note tone="info">{write.reason}</Note>}
          {campaign.status_reason && <Note tone="warn">{campaign.status_reason}</Note>}
          <ConflictNote control={control} automation />
          {control.state === 'refused' && control.error && control.error.errors.length === 0 && (
            <Note tone="bad">{control.error.detail} What you changed is kept in this browser.</Note>
          )}
          {tried && problems.length > 0 && (
            <ProblemSummary
              ref={summary}
              lead="Not saved yet:"
              problems={problems}
              onGo={(pointer) => goToField(pointer)}
            />
          )}
          {control.restored && !clean && (
            <Note tone="info">
              These are changes of yours from before, kept in this browser. Nobody gets them until you save.
            </Note>
          )}
          <TextInput
            label="Title"
            data-field="/name"
            description="Only your team sees this"
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            disabled={off}
            maxLength={120}
            value={draft.name}
            error={at('/name')}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          {trigger && (
            <DelayField
              kind={kind}
              minutes={trigger.delay_minutes}
              disabled={off}
              problem={at('/trigger/delay_minutes')}
              onChange={(delay_minutes) => change({ trigger: { ...trigger, delay_minutes } })}
            />
          )}
          {trigger && kind === 'back_in_stock' && (
            <WaitingFields
              trigger={trigger}
              disabled={off}
              at={at}
              onChange={(next) => change({ trigger: next })}
            />
          )}
          {connection?.channel === 'whatsapp' ? (
            <WhatsAppMessage
              content={draft.content}
              onChange={changeContent}
              connectionId={draft.connection_id}
              problems={problems}
              all={tried}
              length={preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null)}
              disabled={off}
            />
          ) : (
            <>
              <MessageEditor
                label="Content"
                kind={kind}
                text={draft.content.text}
                disabled={off}
                onChange={(text) => changeContent({ text })}
                length={preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null)}
                hasFile={draft.content.media.length > 0}
                problem={at('/content/text')}
              />
              <PictureField
                kind={kind}
                value={draft.content.media}
                onChange={(media) => changeContent({ media })}
                problems={problems}
                known={!preview.isFetching && !preview.isPlaceholderData && !preview.error}
                disabled={off}
              />
              <ButtonsField
                value={draft.content.buttons}
                onChange={(buttons) => changeContent({ buttons })}
                problems={problems}
                all={tried}
              />
              {whatsapp && !draft.connection_id && (
                <OnWhatsApp
                  content={draft.content}
                  connectionId={whatsapp.id}
                  problems={problems}
                  disabled={off}
                  onChange={changeContent}
                />
              )}
            </>
          )}
          {trigger && (
            <UnlessFields
              kind={kind}
              trigger={trigger}
              disabled={off}
              onChange={(next) => change({ trigger: next })}
            />
          )}
          <QuietHoursCard
            settings={draft.settings}
            disabled={off}
            onChange={(settings) => change({ settings })}
          />
          <Select
            label="Sent from"
            data-field="/connection_id"
            placeholder="Any channel that reaches the person"
            description="Left open: the one on which they wrote last, else the oldest. Each person gets it once."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            clearable
            clearButtonProps={{ 'aria-label': 'Any channel' }}
            disabled={off}
            data={connections?.data.map((item) => ({ value: item.id, label: labelOfConnection(item) }))}
            value={draft.connection_id}
            error={at('/connection_id')}
            onChange={(connection_id) => change({ connection_id })}
          />
          {connections?.data.length === 0 && (
            <Note tone="info">
              Nothing can be sent without a bot or a number. <Link to="/connections">Connect one</Link>
            </Note>
          )}
          <MoreSettings
            settings={draft.settings}
            channels={channels}
            disabled={off}
            at={at}
            onChange={(settings) => change({ settings })}
          />
        </div>
        <div className={css.beside}>
          <LivePreview
            people={people}
            preview={preview}
            channel={connection?.channel ?? channels[0]}
            botName={connection?.name ?? connections?.data[0]?.name ?? 'Your shop'}
            onShow={setLooked}
            blank={isBlank(content, connection?.channel ?? null)}
          />
          <NextCheckCard campaign={campaign} />
          <Backtest campaign={campaign} draft={draft} ready={local.problems.length === 0} />
        </div>
      </div>
      <TestDialog
        campaignId={campaign.id}
        connectionId={draft.connection_id}
        connections={connections?.data}
        shown={looked ?? channels[0]}
        opened={testing}
        onClose={() => setTesting(false)}
        unsaved={{ content }}
      />
    </section>
  );
}
