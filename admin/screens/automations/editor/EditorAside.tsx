// Beside the form: what a person reads, whom the next check would reach, and what these settings would have sent.
import { isBlank } from '../../../../contract/message.ts';
import { LivePreview } from '../../composer/LivePreview.tsx';
import { Backtest } from './Backtest.tsx';
import { NextCheckCard } from './NextCheckCard.tsx';
import type { AutomationEditing } from './use-automation-editor.ts';

export function EditorAside({ editing }: { editing: AutomationEditing }) {
  const { campaign, control, people, preview, channel, channels, content } = editing;
  return (
    <>
      <LivePreview
        people={people}
        preview={preview}
        channel={channel ?? channels[0]}
        botName={editing.botName}
        onShow={editing.setLooked}
        blank={isBlank(content, channel)}
      />
      <NextCheckCard campaign={campaign} />
      <Backtest campaign={campaign} draft={control.draft} ready={editing.storableAsItIs} />
    </>
  );
}
