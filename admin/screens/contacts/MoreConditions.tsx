// Conditions beyond those of the filter bar: the rule editor of segments, for this list only.
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { Rule } from '../../../contract/rules.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { people } from '../../ui/numbers.ts';
import { RuleEditor } from '../segments/rules/RuleEditor.tsx';
import { usePeopleCount } from '../segments/rules/use-people-count.ts';
import { useRuleDraft } from '../segments/rules/use-rule-draft.ts';

interface Props {
  rule: Rule | null;
  /** Null: no conditions any more. */
  onApply: (rule: Rule | null) => void;
  onClose: () => void;
}

export function MoreConditions({ rule, onApply, onClose }: Props) {
  const phone = usePhone();
  const draft = useRuleDraft(rule);
  const [tried, setTried] = useState(false);
  const count = usePeopleCount(draft.rule);
  const apply = () => {
    setTried(true);
    if (!draft.empty && draft.rule === null) return;
    onApply(draft.rule);
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title="More conditions"
      size={760}
      fullScreen={phone}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <RuleEditor draft={draft} problems={count.problems} showMissing={tried} />
      <div className="row wrap" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        <span className="t3 small grow" role="status">
          {count.found && draft.rule && !count.counting
            ? `${people(count.found.count)} of all contacts match`
            : ''}
        </span>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button onClick={apply}>{draft.empty ? 'Show everybody' : 'Show who matches'}</Button>
      </div>
    </Modal>
  );
}
