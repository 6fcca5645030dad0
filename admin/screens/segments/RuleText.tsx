// A rule to be read and not edited: sentences, groups indented.
import type { Rule } from '../../../contract/rules.ts';
import { treeOf } from './rules/rule-tree.ts';
import { type Line, linesOf } from './rules/rule-words.ts';
import { useWording } from './rules/use-names.ts';
import css from './Segments.module.css';

export function RuleText({ rule }: { rule: Rule }) {
  const lines = linesOf(rule, useWording(treeOf(rule)));
  const heading = 'all' in rule && lines.length > 1 ? 'All of these' : null;
  return (
    <div>
      {heading && <p className="t3 small">{heading}</p>}
      <Lines lines={lines} />
    </div>
  );
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <ul className={css.lines}>
      {lines.map((line) => (
        <li key={line.id}>
          <span className={line.inner.length > 0 ? 't3 small' : undefined}>{line.words}</span>
          {line.inner.length > 0 && <Lines lines={line.inner} />}
        </li>
      ))}
    </ul>
  );
}
