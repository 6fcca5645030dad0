// The head of the editor: its name, whether it is on, and what can be done with what is on screen.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconPower, IconSend } from '@tabler/icons-react';
import { isBlank } from '../../../../contract/message.ts';
import { useMay } from '../../../session.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { ReasonButton } from '../../../ui/ReasonButton.tsx';
import { tellProblem } from '../../../ui/toast.tsx';
import { kindWords } from '../../campaigns/status.tsx';
import type { SaveState } from '../../composer/use-draft.ts';
import css from '../Automations.module.css';
import { AutomationMenu } from './AutomationMenu.tsx';
import type { AutomationEditing } from './use-automation-editor.ts';

interface Props {
  editing: AutomationEditing;
  onBack: (() => void) | undefined;
  onTest: () => void;
}

export function EditorHead({ editing, onBack, onTest }: Props) {
  const { campaign, kind, control, write, on, channel } = editing;
  const { draft, state } = control;
  const send = useMay('campaigns:send');
  const saving = state === 'saving';
  const changed = !saving && state !== 'saved';
  return (
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
          {changed ? 'Not saved yet' : ''}
        </span>
        {changed && (
          <Button
            variant="subtle"
            onClick={() =>
              void editing
                .discard()
                .catch((error) => tellProblem('The changes could not be discarded', error))
            }
          >
            Discard
          </Button>
        )}
        <ReasonButton
          variant="subtle"
          reason={send.reason ?? (isBlank(draft.content, channel) ? 'Write a message first.' : undefined)}
          leftSection={<IconSend size={16} stroke={1.75} />}
          onClick={onTest}
        >
          Send test
        </ReasonButton>
        <ReasonButton
          miw={112}
          reason={saving ? undefined : (write.reason ?? nothingToSave(state))}
          onClick={() => !saving && void editing.save()}
        >
          {saving ? 'Saving' : 'Save changes'}
        </ReasonButton>
        <AutomationMenu campaign={campaign} />
      </div>
    </header>
  );
}

function nothingToSave(state: SaveState): string | undefined {
  if (state === 'saved') return 'Nothing was changed';
  return state === 'conflict' ? 'See the note above the form' : undefined;
}
