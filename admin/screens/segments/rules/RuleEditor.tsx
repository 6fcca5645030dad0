// Writing a rule, wherever one is asked for. The code of the tree comes when the first rule is edited.
//
//   const draft = useRuleDraft(rule);
//   <RuleEditor draft={draft} problems={error.errors} showMissing={tried} />
//
// `draft.rule` is the rule once it can be sent.
import { lazyPart } from '../../../lazy-screen.tsx';
import { BlockSkeleton } from '../../../ui/Skeletons.tsx';
import type { RuleEditorProps } from './use-rule-draft.ts';

export const RuleEditor = lazyPart<RuleEditorProps, 'RuleTreeEditor'>(
  () => import('./RuleTreeEditor.tsx'),
  'RuleTreeEditor',
  () => <BlockSkeleton height={160} />,
);
