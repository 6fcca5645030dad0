// One automation: what it says, when, to whom not, and beside it what a person reads. Stored by a press of Save changes, for it goes
// out by itself: until then what was changed is kept in this browser, and people get it as it was.
import { useState } from 'react';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { TestDialog } from '../../composer/TestDialog.tsx';
import css from '../Automations.module.css';
import { EditorAside } from './EditorAside.tsx';
import { EditorFields } from './EditorFields.tsx';
import { EditorHead } from './EditorHead.tsx';
import { EditorNotes } from './EditorNotes.tsx';
import { useAutomationEditor } from './use-automation-editor.ts';

export function AutomationEditor(props: { campaign: Campaign; onBack?: (() => void) | undefined }) {
  const { campaign, onBack } = props;
  const editing = useAutomationEditor(campaign);
  const [testing, setTesting] = useState(false);
  const { draft } = editing.control;
  return (
    <section className={css.editor} aria-label={`Edit ${campaign.name}`}>
      <EditorHead editing={editing} onBack={onBack} onTest={() => setTesting(true)} />
      <div className={css.body}>
        <div className={css.form}>
          <EditorNotes editing={editing} />
          <EditorFields editing={editing} />
        </div>
        <div className={css.beside}>
          <EditorAside editing={editing} />
        </div>
      </div>
      <TestDialog
        campaignId={campaign.id}
        connectionId={draft.connection_id}
        connections={editing.connections}
        shown={editing.looked}
        opened={testing}
        onClose={() => setTesting(false)}
        unsaved={{ content: editing.content }}
        variants={draft.settings.ab?.variants}
      />
    </section>
  );
}
