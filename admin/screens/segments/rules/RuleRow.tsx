// One condition: what it is about, how, and the value; beside it what is wrong with it, and the way to move or remove it.
import { ActionIcon, Menu, Select } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconX } from '@tabler/icons-react';
import { memo, useMemo } from 'react';
import type { RuleProps } from 'react-querybuilder';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { useStable } from '../../../ui/use-stable.ts';
import css from './Rules.module.css';
import { RuleValues } from './RuleValues.tsx';
import { useRuleContext } from './rule-context.ts';
import { type Ask, type FieldKind, kindOf, verbOf, verbsOf, withVerb } from './rule-fields.ts';
import { type Draft, draftOf, type Row, rowOf } from './rule-tree.ts';
import { sentenceOf, type Wording } from './rule-words.ts';

export function RuleRow({ rule, path, actions, shiftUpDisabled, shiftDownDisabled }: RuleProps) {
  const shared = useRuleContext();
  const row = rule as Row;
  const id = row.id ?? '';
  const words = sentenceOf(draftOf(row), row.negated === true, shared.wording);
  const problems = shared.problems.filter((one) => one.node === id);
  const handlers = useStable({
    change: (draft: Draft, negated: boolean) => shared.changeRow({ ...rowOf(draft, negated), id }),
    move: (direction: 'up' | 'down') => {
      actions.moveRule(path, direction);
      shared.focus(id);
      shared.announce(`Moved ${direction}: ${words}`);
    },
    duplicate: () => {
      // next to the one it was copied from; its id is given by react-querybuilder
      actions.moveRule(path, [...path.slice(0, -1), (path.at(-1) ?? 0) + 1], true);
      shared.announce(`Copied: ${words}`);
    },
    remove: () => {
      shared.focus(`beside ${id}`);
      actions.onRuleRemove(path);
      shared.announce(`Removed: ${words}`);
    },
    leave: () => shared.leave(id),
  });
  return (
    <Condition
      row={row}
      words={words}
      kinds={shared.kinds}
      wording={shared.wording}
      disabled={shared.disabled}
      wrong={problems.map((one) => one.key).join('\n')}
      problem={[...new Set(problems.map((one) => one.detail))].join(' ')}
      isFirst={shiftUpDisabled === true}
      isLast={shiftDownDisabled === true}
      handlers={handlers}
    />
  );
}

interface ConditionProps {
  row: Row;
  words: string;
  kinds: readonly FieldKind[];
  wording: Wording;
  disabled: boolean;
  /** The parts that are wrong, one per line; '' is all of it. Text, so that it compares. */
  wrong: string;
  problem: string;
  isFirst: boolean;
  isLast: boolean;
  handlers: {
    change: (draft: Draft, negated: boolean) => void;
    move: (direction: 'up' | 'down') => void;
    duplicate: () => void;
    remove: () => void;
    leave: () => void;
  };
}

/** Drawn again only when it has changed itself: with a hundred of them, a key must not wait for all. */
const Condition = memo(function Condition(props: ConditionProps) {
  const { row, words, kinds, wording, disabled, problem, handlers } = props;
  const id = row.id ?? '';
  const draft = draftOf(row);
  const negated = row.negated === true;
  const wrong = problem === '' ? [] : props.wrong.split('\n');
  const isWrong = (key: string) =>
    wrong.some((one) => one === '' || one === key || one.startsWith(`${key}/`));
  const verb = verbOf(draft, negated);
  const problemId = `problem-${id}`;
  const values = (asks: readonly Ask[]) => (
    <RuleValues
      asks={asks}
      draft={draft}
      disabled={disabled}
      wording={wording}
      isWrong={isWrong}
      onChange={(next) => handlers.change(next, negated)}
    />
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser
    <div
      role="group"
      aria-label={`Condition: ${words}`}
      aria-describedby={problem ? problemId : undefined}
      data-node={id}
      className={css.row}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) handlers.leave();
      }}
    >
      <div className={css.parts}>
        <FieldPicker
          draft={draft}
          kinds={kinds}
          disabled={disabled}
          isWrong={isWrong('field')}
          onChange={(kind) => handlers.change(kind.start, false)}
        />
        {draft.field === 'attribute' && kindOf(draft, kinds)?.key === 'attribute' && values(attributeHead)}
        {draft.field !== '' && (
          <VerbPicker
            draft={draft}
            negated={negated}
            disabled={disabled}
            isWrong={isWrong('op')}
            onChange={handlers.change}
          />
        )}
        {verb && values(verb.asks)}
      </div>
      {!disabled && (
        <div className={css.actions}>
          <Menu position="bottom-end" width={168}>
            <Menu.Target>
              <ActionIcon variant="subtle" size={32} aria-label={`Move or copy: ${words}`}>
                <IconDots size={16} stroke={1.75} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconArrowUp size={16} stroke={1.75} />}
                disabled={props.isFirst}
                onClick={() => handlers.move('up')}
              >
                Move up
              </Menu.Item>
              <Menu.Item
                leftSection={<IconArrowDown size={16} stroke={1.75} />}
                disabled={props.isLast}
                onClick={() => handlers.move('down')}
              >
                Move down
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy size={16} stroke={1.75} />} onClick={handlers.duplicate}>
                Duplicate
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <ActionIcon
            variant="subtle"
            size={32}
            title="Remove"
            aria-label={`Remove: ${words}`}
            onClick={handlers.remove}
          >
            <IconX size={16} stroke={1.75} />
          </ActionIcon>
        </div>
      )}
      {problem !== '' && (
        <div className={css.problem}>
          <FieldProblem id={problemId}>{problem}</FieldProblem>
        </div>
      )}
    </div>
  );
});
const attributeHead = ['name', 'type'] as const;

function FieldPicker(props: {
  draft: Draft;
  kinds: readonly FieldKind[];
  disabled: boolean;
  isWrong: boolean;
  onChange: (kind: FieldKind) => void;
}) {
  const { draft, kinds } = props;
  const data = useMemo(
    () =>
      [...new Set(kinds.map((kind) => kind.group))].map((group) => ({
        group,
        items: kinds
          .filter((kind) => kind.group === group)
          .map((kind) => ({ value: kind.key, label: kind.label })),
      })),
    [kinds],
  );
  return (
    <Select
      className={css.field}
      classNames={{ input: css.filled }}
      aria-label="About"
      placeholder="Choose a field"
      searchable
      selectFirstOptionOnChange
      // what is said below it is not to be covered
      openOnFocus={draft.field === '' && !props.isWrong}
      data={data}
      value={kindOf(draft, kinds)?.key ?? null}
      error={props.isWrong}
      disabled={props.disabled}
      maxDropdownHeight={320}
      nothingFoundMessage="Nothing is called so"
      data-first
      onChange={(key) => {
        const kind = kinds.find((one) => one.key === key);
        if (kind) props.onChange(kind);
      }}
    />
  );
}

function VerbPicker(props: {
  draft: Draft;
  negated: boolean;
  disabled: boolean;
  isWrong: boolean;
  onChange: (draft: Draft, negated: boolean) => void;
}) {
  const { draft, negated } = props;
  const verbs = verbsOf(draft);
  const verb = verbOf(draft, negated);
  return (
    <Select
      className={css.verb}
      classNames={{ input: css.filled }}
      aria-label="How"
      data={verbs.map((one, index) => ({ value: String(index), label: one.label }))}
      value={verb ? String(verbs.indexOf(verb)) : null}
      error={props.isWrong}
      disabled={props.disabled}
      maxDropdownHeight={320}
      onChange={(index) => {
        const chosen = verbs[Number(index)];
        if (chosen) props.onChange(withVerb(draft, chosen), chosen.negated);
      }}
    />
  );
}
