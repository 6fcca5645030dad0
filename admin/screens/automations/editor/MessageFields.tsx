// What an automation says: text, picture and buttons, or what its own channel has instead of them.
import { factsOf } from '../../../../contract/channel-facts.ts';
import { ButtonsField } from '../../composer/ButtonsField.tsx';
import { MessageEditor } from '../../composer/MessageEditor.tsx';
import { WhatsAppMessage } from '../../composer/whatsapp/WhatsAppMessage.tsx';
import { OnWhatsApp } from './OnWhatsApp.tsx';
import { PictureField } from './PictureField.tsx';
import type { AutomationEditing } from './use-automation-editor.ts';

export function MessageFields({ editing }: { editing: AutomationEditing }) {
  const { kind, readOnly, channel, withTemplates, preview, length, problems, tried, at } = editing;
  const { draft, changeContent } = editing.control;
  const { content, connection_id } = draft;
  if (factsOf(channel)?.hasOwnParts)
    return (
      <WhatsAppMessage
        content={content}
        onChange={changeContent}
        connectionId={connection_id}
        problems={problems}
        all={tried}
        length={length}
        disabled={readOnly}
      />
    );
  return (
    <>
      <MessageEditor
        label="Content"
        kind={kind}
        text={content.text}
        disabled={readOnly}
        onChange={(text) => changeContent({ text })}
        length={length}
        hasFile={content.media.length > 0}
        problem={at('/content/text')}
      />
      <PictureField
        kind={kind}
        value={content.media}
        onChange={(media) => changeContent({ media })}
        problems={problems}
        known={!preview.isFetching && !preview.isPlaceholderData && !preview.error}
        disabled={readOnly}
      />
      <ButtonsField
        value={content.buttons}
        onChange={(buttons) => changeContent({ buttons })}
        problems={problems}
        all={tried}
      />
      {withTemplates && !connection_id && (
        <OnWhatsApp
          content={content}
          connectionId={withTemplates.id}
          problems={problems}
          disabled={readOnly}
          onChange={changeContent}
        />
      )}
    </>
  );
}
