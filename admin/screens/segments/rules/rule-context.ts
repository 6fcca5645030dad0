// What rows and groups of one editor share; react-querybuilder hands them only the tree.
import { createContext, useContext } from 'react';
import type { FieldKind } from './rule-fields.ts';
import type { PlacedProblem } from './rule-problems.ts';
import type { Row } from './rule-tree.ts';
import type { Wording } from './rule-words.ts';

export interface RuleContext {
  kinds: readonly FieldKind[];
  wording: Wording;
  problems: readonly PlacedProblem[];
  disabled: boolean;
  /** How deep rules may still be nested below a group of this path. */
  mayNest: (path: readonly number[]) => boolean;
  changeRow: (row: Row) => void;
  /** Moves the keyboard to a row or group once it is on screen. */
  focus: (node: string) => void;
  /** Says to a screen reader what has just happened. */
  announce: (words: string) => void;
  /** The keyboard has left this row: what is missing in it may be said. */
  leave: (node: string) => void;
}

const Shared = createContext<RuleContext | null>(null);
export const RuleProvider = Shared.Provider;

export function useRuleContext(): RuleContext {
  const context = useContext(Shared);
  if (!context) throw new Error('useRuleContext needs the rule editor around it');
  return context;
}
