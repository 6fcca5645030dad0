// The tree on which the editor works, and the rule that is stored: pure conversions, both ways. What is read back means the
// same, condition by condition; only a double "not" and a lone "all" around one condition fall away.
import type { RuleGroupType, RuleType } from 'react-querybuilder';
import type { Condition, Rule } from '../../../../contract/rules.ts';

/** A condition that may still be unfinished; '' is not about anything yet. */
export interface Draft {
  field: Condition['field'] | '';
  [key: string]: unknown;
}
/** One condition in react-querybuilder's words: `value` is all of it but `field` and `op`. */
export type Row = Omit<RuleType, 'path'> & { negated?: boolean; value: Record<string, unknown> };
export type Tree = RuleGroupType<Row, 'all' | 'any'>;
type Node = Row | Tree;

export const isGroup = (node: Node): node is Tree => 'rules' in node;

let serial = 0;
export const newNodeId = (): string => `node-${++serial}`;

export function rowOf({ field, op, ...value }: Draft, negated = false): Row {
  return {
    id: newNodeId(),
    field,
    operator: typeof op === 'string' ? op : '',
    value,
    ...(negated && { negated }),
  };
}

export function draftOf({ field, operator, value }: Row): Draft {
  return { field: field as Draft['field'], ...(operator !== '' && { op: operator }), ...value };
}

/** `null`: nothing was asked yet. */
export function treeOf(rule: Rule | null): Tree {
  const node = rule && nodeOf(rule, false);
  if (node && isGroup(node)) return node;
  return { id: newNodeId(), combinator: 'all', rules: node ? [node] : [] };
}

function nodeOf(rule: Rule, negated: boolean): Node {
  if ('not' in rule) return nodeOf(rule.not, !negated);
  if (!('all' in rule) && !('any' in rule)) return rowOf(rule as Draft, negated);
  const combinator = 'all' in rule ? 'all' : 'any';
  const inner = 'all' in rule ? rule.all : rule.any;
  return {
    id: newNodeId(),
    combinator,
    ...(negated && { not: true }),
    rules: inner.map((one) => nodeOf(one, false)),
  };
}

/** What the tree says, to be sent; unfinished conditions go as they are. `null`: there is no condition at all. */
export function ruleOf(tree: Tree): Rule | null {
  return readTree(tree).rule;
}

/** The rule, and where in it each row and group stands: JSON pointer below the rule → id of the node. */
export function readTree(tree: Tree): { rule: Rule | null; places: Map<string, string> } {
  const places = new Map<string, string>();
  if (tree.rules.length === 0) return { rule: null, places };
  const [only] = tree.rules;
  const lone = tree.rules.length === 1 && only && !isGroup(only) && tree.combinator === 'all' && !tree.not;
  return { rule: read(lone ? only : tree, '', places), places };
}

function read(node: Node, pointer: string, places: Map<string, string>): Rule {
  places.set(pointer, node.id ?? '');
  const negated = isGroup(node) ? node.not : node.negated;
  const inside = negated ? `${pointer}/not` : pointer;
  const rule = isGroup(node) ? readGroup(node, inside, places) : (draftOf(node) as unknown as Condition);
  return negated ? { not: rule } : rule;
}

function readGroup(group: Tree, pointer: string, places: Map<string, string>): Rule {
  const inner = group.rules.map((one, index) => read(one, `${pointer}/${group.combinator}/${index}`, places));
  return group.combinator === 'all' ? { all: inner } : { any: inner };
}

/** The same tree with one row exchanged; the others stay the objects they were. */
export function withRow(tree: Tree, row: Row): Tree {
  let changed = false;
  const rules = tree.rules.map((one) => {
    const next = isGroup(one) ? withRow(one, row) : one.id === row.id ? row : one;
    changed ||= next !== one;
    return next;
  });
  return changed ? { ...tree, rules } : tree;
}

/** The same tree with one more row or group at the end of a group. */
export function withAdded(tree: Tree, groupId: string, node: Row | Tree): Tree {
  if (tree.id === groupId) return { ...tree, rules: [...tree.rules, node] };
  return {
    ...tree,
    rules: tree.rules.map((one) => (isGroup(one) ? withAdded(one, groupId, node) : one)),
  };
}

/** The same tree with one group joined otherwise. */
export function withJoin(tree: Tree, groupId: string, combinator: 'all' | 'any', not: boolean): Tree {
  if (tree.id === groupId) return { ...tree, combinator, not: not || undefined };
  return {
    ...tree,
    rules: tree.rules.map((one) => (isGroup(one) ? withJoin(one, groupId, combinator, not) : one)),
  };
}

/** How deep the group at a path stands in its rule, itself included, as the contract counts it: `not` is a level of its own. */
export function depthAt(tree: Tree, path: readonly number[]): number {
  const own = tree.not ? 2 : 1;
  const [first, ...rest] = path;
  const inner = first === undefined ? undefined : tree.rules[first];
  return inner && isGroup(inner) ? own + depthAt(inner, rest) : own;
}

export function* rowsOf(tree: Tree): Generator<Row> {
  for (const one of tree.rules)
    if (isGroup(one)) yield* rowsOf(one);
    else yield one;
}
