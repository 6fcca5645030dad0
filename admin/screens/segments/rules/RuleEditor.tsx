// Writing a rule, wherever one is asked for. The code of the tree comes when the first rule is edited.
//
//   const draft = useRuleDraft(rule);
//   <RuleEditor draft={draft} problems={error.errors} showMissing={tried} />
//
// `draft.rule` is the rule once it can be sent.
import type { FieldProblem } from '../../../../contract/errors.ts';
import { lazyPart } from '../../../lazy-screen.tsx';
import { BlockSkeleton } from '../../../ui/Skeletons.tsx';
import type { RuleDraft } from './use-rule-draft.ts';

export interface RuleEditorProps {
  draft: RuleDraft;
  /** What the server said of it; pointers begin with "/rule". */
  problems?: readonly FieldProblem[];
  /** Says of every condition what is missing, also of those that were not left yet: after Save. */
  showMissing?: boolean;
  disabled?: boolean;
}

export const RuleEditor = lazyPart<RuleEditorProps, 'RuleTreeEditor'>(
  () => import('./RuleTreeEditor.tsx'),
  'RuleTreeEditor',
  () => <BlockSkeleton height={160} />,
);
