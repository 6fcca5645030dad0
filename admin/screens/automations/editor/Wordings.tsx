// Several wordings of an automation, each for a share of the people; and once one was chosen in the report, the way to end the test.

import { Note } from '../../../ui/Note.tsx';
import { suggestedEndlessTest } from '../../composer/settings/ab-test.ts';
import { VariantOptions } from '../../composer/settings/VariantOptions.tsx';
import css from '../Automations.module.css';
import { useReport } from '../use-automations.ts';
import { chosenWording } from './chosen-wording.ts';
import type { AutomationEditing } from './use-automation-editor.ts';

export function Wordings({ editing }: { editing: AutomationEditing }) {
  const { campaign, kind, readOnly, people, channel, looked, botName, problems, ab } = editing;
  const { draft, change } = editing.control;
  const { settings, content } = draft;
  const { data: report } = useReport(ab ? campaign.id : undefined);
  const chosen = chosenWording(report, { content, ab });
  return (
    <div className={css.part}>
      {chosen && (
        <div style={{ marginBottom: 12 }}>
          <Note
            tone="info"
            actions={
              !readOnly && (
                <button
                  type="button"
                  className="plain-button"
                  onClick={() => change({ content: chosen.content, settings: { ...settings, ab: null } })}
                >
                  End the test with {chosen.name}
                </button>
              )
            }
          >
            {chosen.name} was chosen in the report: everybody gets it.
          </Note>
        </div>
      )}
      <VariantOptions
        automated
        ab={ab}
        suggested={() => suggestedEndlessTest(content)}
        content={content}
        viewed={{
          people,
          channel: channel ?? undefined,
          shown: looked,
          connectionId: draft.connection_id,
          botName,
          kind,
        }}
        onChange={(next) => change({ settings: { ...settings, ab: next } })}
        problems={problems}
        disabled={readOnly}
      />
    </div>
  );
}
