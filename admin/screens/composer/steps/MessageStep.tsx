// What people read, and beside it how one of them will see it.
import { AttachmentsField } from '../AttachmentsField.tsx';
import { ButtonsField } from '../ButtonsField.tsx';
import { LivePreview } from '../LivePreview.tsx';
import { MessageEditor } from '../MessageEditor.tsx';
import { MessageHints } from '../MessageHints.tsx';
import { TakeTemplate } from '../TakeTemplate.tsx';
import type { StepProps } from './step.ts';

export function MessageStep({ campaign, blank, control, preview, problems, at, tried, mayWrite }: StepProps) {
  const { draft, changeContent } = control;
  return (
    <>
      <MessageEditor
        text={draft.content.text}
        onChange={(text) => changeContent({ text })}
        length={preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null)}
        hasFile={draft.content.media.length > 0}
        problem={at('/content/text')}
        beside={
          mayWrite && (
            <TakeTemplate
              connectionId={draft.connection_id}
              onTake={({ text, media, buttons }) =>
                changeContent({
                  text,
                  ...(media.length > 0 && { media }),
                  ...(buttons.length > 0 && { buttons }),
                })
              }
            />
          )
        }
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
    <LivePreview people={people} preview={preview} botName={connection?.name ?? 'Your bot'} blank={blank} />
  );
}
