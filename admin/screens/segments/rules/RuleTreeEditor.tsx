// The editor itself, around react-querybuilder: it keeps the tree (adding, removing, moving), rows and groups are ours.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { QueryBuilder } from 'react-querybuilder';
import { ruleLimits } from '../../../../contract/rules.ts';
import { api, keys } from '../../../api.ts';
import { RuleGroupBox } from './RuleGroupBox.tsx';
import { RuleRow } from './RuleRow.tsx';
import css from './Rules.module.css';
import { type RuleContext, RuleProvider } from './rule-context.ts';
import { type DeclaredAttribute, fieldKinds } from './rule-fields.ts';
import { placeProblems } from './rule-problems.ts';
import { depthAt, isGroup, newNodeId, type Tree, withRow } from './rule-tree.ts';
import { useWording } from './use-names.ts';
import type { RuleEditorProps } from './use-rule-draft.ts';

const controls = { ruleGroup: RuleGroupBox, rule: RuleRow };
const combinators = [
  { name: 'all' as const, label: 'All' },
  { name: 'any' as const, label: 'Any' },
];

export function RuleTreeEditor({
  draft,
  problems = [],
  showMissing = false,
  disabled = false,
}: RuleEditorProps) {
  const { tree, change, places, missing } = draft;
  const wording = useWording(tree);
  const { data: attributes } = useQuery({
    queryKey: keys.attributes,
    queryFn: ({ signal }) => api.get<{ data: DeclaredAttribute[] }>('/attributes', undefined, signal),
    staleTime: 60_000,
  });
  const kinds = useMemo(() => fieldKinds(attributes?.data ?? []), [attributes]);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [news, setNews] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the node is there once the tree has changed
  useEffect(() => {
    if (wanted.current === null || !box.current) return;
    goTo(box.current, wanted.current);
    wanted.current = null;
  }, [tree]);

  const take = useCallback((next: unknown) => change(next as Tree), [change]);
  const placed = useMemo(() => {
    // what is not finished is no mistake while somebody is at it
    const ours = placeProblems(missing, places).placed.filter(({ node }) => showMissing || left.has(node));
    return [...ours, ...placeProblems(problems, places, '/rule').placed];
  }, [missing, places, problems, showMissing, left]);
  const shared: RuleContext = {
    kinds,
    wording,
    problems: placed,
    disabled,
    mayNest: (path) => depthAt(tree, path) + 2 <= ruleLimits.depth,
    changeRow: (row) => {
      // who types stays where they are, whatever was to get the keyboard before
      wanted.current = null;
      change(withRow(tree, row));
    },
    focus: (node) => {
      wanted.current = node.startsWith('beside ') ? beside(tree, node.slice('beside '.length)) : node;
    },
    announce: setNews,
    leave: (node) => setLeft((old) => (old.has(node) ? old : new Set(old).add(node))),
  };
  return (
    <div ref={box} className={css.editor}>
      <RuleProvider value={shared}>
        <QueryBuilder
          query={tree}
          onQueryChange={take}
          controlElements={controls}
          combinators={combinators}
          idGenerator={newNodeId}
          enableMountQueryChange={false}
          disabled={disabled}
        />
      </RuleProvider>
      <p className="sr-only" role="status">
        {news}
      </p>
    </div>
  );
}

/** Where the keyboard goes when a row or group is removed: to the next, the one before, or what adds another. */
function beside(tree: Tree, id: string): string {
  const at = tree.rules.findIndex((one) => one.id === id);
  if (at >= 0) return (tree.rules[at + 1] ?? tree.rules[at - 1])?.id ?? `add ${tree.id}`;
  for (const one of tree.rules) {
    const found = isGroup(one) ? beside(one, id) : '';
    if (found) return found;
  }
  return '';
}

function goTo(box: HTMLElement, wanted: string): void {
  const id = wanted.replace(/^add /, '');
  const node = box.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
  const target = node?.querySelector<HTMLElement>(
    wanted.startsWith('add ') ? '[data-add]' : '[data-first], input',
  );
  target?.focus();
}
