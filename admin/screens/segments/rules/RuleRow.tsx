// One condition: what it is about, how, and the value; beside it what is wrong with it, and the way to move or remove it.
import { ActionIcon, Menu, Select, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { RuleProps } from 'react-querybuilder';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import css from './Rules.module.css';
import { RuleValues } from './RuleValues.tsx';
import { useRuleContext } from './rule-context.ts';
import { type FieldKind, kindOf, verbOf, verbsOf, withVerb } from './rule-fields.ts';
import { type Draft, draftOf, type Row, rowOf } from './rule-tree.ts';
import { sentenceOf } from './rule-words.ts';

export function RuleRow({ rule, path, actions, shiftUpDisabled, shiftDownDisabled }: RuleProps) {
  const shared = useRuleContext();
  const { kinds, wording, disabled, changeRow } = shared;
  const row = rule as Row;
  const id = row.id ?? '';
  const draft = draftOf(row);
  const negated = row.negated === true;
  const problems = shared.problems.filter((one) => one.node === id);
  const isWrong = (key: string) =>
    problems.some((one) => one.key === '' || one.key === key || one.key.startsWith(`${key}/`));
  const change = (next: Draft, not = negated) => changeRow({ ...rowOf(next, not), id });
  const verb = verbOf(draft, negated);
  const words = sentenceOf(draft, negated, wording);
  const problemId = `problem-${id}`;
  const move = (direction: 'up' | 'down') => {
    actions.moveRule(path, direction);
    shared.focus(id);
    shared.announce(`Moved ${direction}: ${words}`);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser
    <div
      role="group"
      aria-label={`Condition: ${words}`}
      aria-describedby={problems.length > 0 ? problemId : undefined}
      data-node={id}
      className={css.row}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) shared.leave(id);
      }}
    >
      <div className={css.parts}>
        <FieldPicker
          draft={draft}
          kinds={kinds}
          disabled={disabled}
          isWrong={isWrong('field')}
          onChange={(kind) => change(kind.start, false)}
        />
        {draft.field === 'attribute' && kindOf(draft, kinds)?.key === 'attribute' && (
          <RuleValues
            asks={['name', 'type']}
            draft={draft}
            disabled={disabled}
            wording={wording}
            isWrong={isWrong}
            onChange={change}
          />
        )}
        {draft.field !== '' && (
          <VerbPicker
            draft={draft}
            negated={negated}
            disabled={disabled}
            isWrong={isWrong('op')}
            onChange={(next, not) => change(next, not)}
          />
        )}
        {verb && (
          <RuleValues
            asks={verb.asks}
            draft={draft}
            disabled={disabled}
            wording={wording}
            isWrong={isWrong}
            onChange={change}
          />
        )}
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
                disabled={shiftUpDisabled}
                onClick={() => move('up')}
              >
                Move up
              </Menu.Item>
              <Menu.Item
                leftSection={<IconArrowDown size={16} stroke={1.75} />}
                disabled={shiftDownDisabled}
                onClick={() => move('down')}
              >
                Move down
              </Menu.Item>
              <Menu.Item
                leftSection={<IconCopy size={16} stroke={1.75} />}
                onClick={() => {
                  // next to the one it was copied from; its id is given by react-querybuilder
                  actions.moveRule(path, [...path.slice(0, -1), (path.at(-1) ?? 0) + 1], true);
                  shared.announce(`Copied: ${words}`);
                }}
              >
                Duplicate
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Tooltip label="Remove">
            <ActionIcon
              variant="subtle"
              size={32}
              aria-label={`Remove: ${words}`}
              onClick={() => {
                shared.focus(`beside ${id}`);
                actions.onRuleRemove(path);
                shared.announce(`Removed: ${words}`);
              }}
            >
              <IconX size={16} stroke={1.75} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
      {problems.length > 0 && (
        <div className={css.problem}>
          <FieldProblem id={problemId}>
            {[...new Set(problems.map((one) => one.detail))].join(' ')}
          </FieldProblem>
        </div>
      )}
    </div>
  );
}

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
