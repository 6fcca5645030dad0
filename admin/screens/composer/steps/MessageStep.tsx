// What people read, and beside it how one of them will see it.
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Content } from '../../../../contract/message.ts';
import { AttachmentsField } from '../AttachmentsField.tsx';
import { ButtonsField } from '../ButtonsField.tsx';
import { LivePreview } from '../LivePreview.tsx';
import { MessageEditor } from '../MessageEditor.tsx';
import { MessageHints } from '../MessageHints.tsx';
import { TakeTemplate } from '../TakeTemplate.tsx';
import { WhatsAppMessage } from '../whatsapp/WhatsAppMessage.tsx';
import type { StepProps } from './step.ts';

export function MessageStep(props: StepProps) {
  const { campaign, blank, control, preview, problems, at, tried, mayWrite, connection } = props;
  const { draft, changeContent } = control;
  const rendered = preview.isPlaceholderData ? null : (preview.data?.rendered ?? null);
  const beside = mayWrite && (
    <TakeTemplate
      connectionId={draft.connection_id}
      onTake={({ text, media, buttons }: Content) =>
        changeContent({
          text,
          ...(media.length > 0 && { media }),
          ...(buttons.length > 0 && { buttons }),
        })
      }
    />
  );
  return (
    <>
      {factsOf(connection?.channel)?.hasOwnParts ? (
        <WhatsAppMessage
          content={draft.content}
          onChange={changeContent}
          connectionId={draft.connection_id}
          problems={problems}
          all={tried}
          length={rendered?.length ?? null}
          disabled={!mayWrite}
          beside={beside}
        />
      ) : (
        <>
          <MessageEditor
            text={draft.content.text}
            onChange={(text) => changeContent({ text })}
            length={rendered?.length ?? null}
            hasFile={draft.content.media.length > 0}
            problem={at('/content/text')}
            beside={beside}
          />
          <AttachmentsField
            value={draft.content.media}
            onChange={(media) => changeContent({ media })}
            problems={problems}
            disabled={!mayWrite}
          />
          <ButtonsField
            value={draft.content.buttons}
            onChange={(buttons) => changeContent({ buttons })}
            problems={problems}
            all={tried}
          />
        </>
      )}
      <MessageHints
        content={draft.content}
        campaignId={campaign.id}
        audience={campaign.audience}
        hints={blank ? [] : (preview.data?.hints ?? [])}
      />
    </>
  );
}

export function MessageAside({ people, preview, connection, blank }: StepProps) {
  return (
    <LivePreview
      people={people}
      preview={preview}
      channel={connection?.channel}
      botName={connection?.name ?? 'Your shop'}
      blank={blank}
    />
  );
}
