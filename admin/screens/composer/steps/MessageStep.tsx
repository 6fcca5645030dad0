// What people read, and beside it how one of them will see it.
import { ButtonsField } from '../ButtonsField.tsx';
import { LivePreview } from '../LivePreview.tsx';
import { MessageEditor } from '../MessageEditor.tsx';
import { PictureField } from '../PictureField.tsx';
import type { StepProps } from './step.ts';

export function MessageStep({ control, preview, problems, at, tried, mayWrite }: StepProps) {
  const { draft, changeContent } = control;
  return (
    <>
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
        disabled={!mayWrite}
      />
      <ButtonsField
        value={draft.content.buttons}
        onChange={(buttons) => changeContent({ buttons })}
        problems={problems}
        all={tried}
      />
    </>
  );
}

export function MessageAside({ people, preview, connection, blank }: StepProps) {
  return (
    <LivePreview people={people} preview={preview} botName={connection?.name ?? 'Your bot'} blank={blank} />
  );
}
