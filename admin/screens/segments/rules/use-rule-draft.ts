// The rule under the editor's hands: the tree, what of it can be sent, and what is still missing.
import { useMemo, useState } from 'react';
import type { FieldProblem } from '../../../../contract/errors.ts';
import type { Rule } from '../../../../contract/rules.ts';
import { unfinished } from './rule-problems.ts';
import { readTree, ruleOf, type Tree, treeOf } from './rule-tree.ts';

export interface RuleDraft {
  tree: Tree;
  change: (tree: Tree) => void;
  /** JSON pointer below the rule → id of the row or group. */
  places: ReadonlyMap<string, string>;
  /** What it says, complete and ready to be sent; null: it is not. */
  rule: Rule | null;
  /** There is not one condition. */
  empty: boolean;
  missing: FieldProblem[];
  /** It says something else than what it began with. */
  changed: boolean;
}

export interface RuleEditorProps {
  draft: RuleDraft;
  /** What the server said of it; pointers begin with "/rule". */
  problems?: readonly FieldProblem[];
  /** Says of every condition what is missing, also of those that were not left yet: after Save. */
  showMissing?: boolean;
  disabled?: boolean;
}

export function useRuleDraft(start: Rule | null): RuleDraft {
  const [tree, change] = useState(() => treeOf(start));
  const [begun] = useState(() => JSON.stringify(ruleOf(tree)));
  return useMemo(() => {
    const { rule, places } = readTree(tree);
    const missing = rule ? unfinished(rule) : [];
    return {
      tree,
      change,
      places,
      rule: missing.length === 0 ? rule : null,
      empty: rule === null,
      missing,
      changed: JSON.stringify(rule) !== begun,
    };
  }, [tree, begun]);
}
