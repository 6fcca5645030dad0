// A group of conditions: how they are joined, the conditions and groups in it, and what may be added.
import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDots, IconPlus, IconSquarePlus, IconX } from '@tabler/icons-react';
import type { RuleGroupProps } from 'react-querybuilder';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { RuleRow } from './RuleRow.tsx';
import css from './Rules.module.css';
import { useRuleContext } from './rule-context.ts';
import { isGroup, newNodeId, rowOf, type Tree, withAdded, withJoin } from './rule-tree.ts';
import { groupWords } from './rule-words.ts';

const joins = [
  { value: 'all', label: 'All' },
  { value: 'any', label: 'Any' },
  { value: 'not any', label: 'None' },
  { value: 'not all', label: 'Not all' },
];

export function RuleGroupBox(props: RuleGroupProps) {
  const { schema, actions, path, translations, context } = props;
  const shared = useRuleContext();
  const group = props.ruleGroup as Tree;
  const id = group.id ?? '';
  const isRoot = path.length === 0;
  const words = groupWords(group);
  const problems = shared.problems.filter((one) => one.node === id);
  const add = (node: Tree['rules'][number], first: string) => {
    schema.dispatchQuery(withAdded(schema.getQuery() as Tree, id, node));
    shared.focus(first);
  };
  const addCondition = () => {
    const row = rowOf({ field: '' });
    add(row, row.id ?? '');
    shared.announce('Condition added');
  };
  const addGroup = () => {
    const row = rowOf({ field: '' });
    add(
      { id: newNodeId(), combinator: group.combinator === 'all' ? 'any' : 'all', rules: [row] },
      row.id ?? '',
    );
    shared.announce('Group added');
  };
  const move = (direction: 'up' | 'down') => {
    actions.moveRule(path, direction);
    shared.focus(id);
    shared.announce(`Group moved ${direction}`);
  };
  const joiner = group.combinator === 'any' ? 'or' : 'and';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser
    <div
      role="group"
      aria-label={isRoot ? 'Who is meant' : `Group: ${words}`}
      data-node={id}
      className={isRoot ? css.root : css.group}
    >
      <div className={css.head}>
        {isRoot && <span className={css.title}>People who match</span>}
        <SegmentedControl
          size="xs"
          aria-label={isRoot ? 'How the conditions are joined' : 'How this group is joined'}
          data={joins}
          value={`${group.not ? 'not ' : ''}${group.combinator}`}
          disabled={shared.disabled}
          onChange={(join) => {
            const [last, not] = join.split(' ').reverse();
            schema.dispatchQuery(
              withJoin(schema.getQuery() as Tree, id, last === 'any' ? 'any' : 'all', not === 'not'),
            );
          }}
        />
        <span className={`t2 ${css.of}`}>{isRoot ? 'of these conditions' : 'of this group'}</span>
        {!isRoot && !shared.disabled && (
          <div className={`end ${css.actions}`}>
            <Menu position="bottom-end" width={168}>
              <Menu.Target>
                <ActionIcon data-first variant="subtle" size={32} aria-label={`Move the group: ${words}`}>
                  <IconDots size={16} stroke={1.75} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconArrowUp size={16} stroke={1.75} />}
                  disabled={props.shiftUpDisabled}
                  onClick={() => move('up')}
                >
                  Move up
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconArrowDown size={16} stroke={1.75} />}
                  disabled={props.shiftDownDisabled}
                  onClick={() => move('down')}
                >
                  Move down
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <Tooltip label="Remove the group">
              <ActionIcon
                variant="subtle"
                size={32}
                aria-label={`Remove the group: ${words}`}
                onClick={() => {
                  shared.focus(`beside ${id}`);
                  actions.onGroupRemove(path);
                  shared.announce('Group removed');
                }}
              >
                <IconX size={16} stroke={1.75} />
              </ActionIcon>
            </Tooltip>
          </div>
        )}
      </div>
      <div className={css.body}>
        {group.rules.map((node, index) => {
          const inner = {
            schema,
            actions,
            translations,
            context,
            path: [...path, index],
            shiftUpDisabled: isRoot && index === 0,
            shiftDownDisabled: isRoot && index === group.rules.length - 1,
          };
          return (
            <div key={node.id} className={css.line}>
              <span className={css.joiner} aria-hidden>
                {index > 0 && joiner}
              </span>
              {isGroup(node) ? (
                <RuleGroupBox {...inner} id={node.id} ruleGroup={node} />
              ) : (
                <RuleRow {...inner} id={node.id} rule={node} />
              )}
            </div>
          );
        })}
        {problems.map((one) => (
          <FieldProblem key={one.detail}>{one.detail}</FieldProblem>
        ))}
        {!shared.disabled && (
          <div className={css.add}>
            <Button
              data-add
              variant="default"
              size="xs"
              leftSection={<IconPlus size={14} stroke={1.75} />}
              onClick={addCondition}
            >
              Add condition
            </Button>
            {shared.mayNest(path) && (
              <Button
                variant="default"
                size="xs"
                leftSection={<IconSquarePlus size={14} stroke={1.75} />}
                onClick={addGroup}
              >
                Add group
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
