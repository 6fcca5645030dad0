// Rules for tests, made from the contract's own schema: a condition that is added there is met here without another line.
import fc from 'fast-check';
import { z } from 'zod';
import { toWireId } from '../../../../contract/ids.ts';
import { condition, type Rule } from '../../../../contract/rules.ts';

interface Schema {
  anyOf?: Schema[];
  oneOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minimum?: number;
  description?: string;
  format?: string;
}

const { RuleCondition: schema = {} } = z.toJSONSchema(condition, { io: 'input', unrepresentable: 'any' })
  .$defs as Record<string, Schema>;

function arbitrary(of: Schema): fc.Arbitrary<unknown> {
  const choices = of.anyOf ?? of.oneOf;
  if (choices) return fc.oneof(...choices.map(arbitrary));
  if ('const' in of) return fc.constant(of.const);
  if (of.enum) return fc.constantFrom(...of.enum);
  switch (of.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(of.properties ?? {}).map(([name, one]) => [name, arbitrary(one)])),
        { requiredKeys: of.required ?? [] },
      );
    case 'array':
      return fc.array(arbitrary(of.items ?? {}), { minLength: of.minItems ?? 0, maxLength: 3 });
    case 'integer':
      return fc.integer({ min: of.minimum ?? 0, max: 300 });
    case 'number':
      return fc.constantFrom(-3.5, 0, 1, 2, 12.3, 9_007_199_254_740_991);
    case 'boolean':
      return fc.boolean();
    default:
      return text(of);
  }
}

function text({ description, format }: Schema): fc.Arbitrary<string> {
  const noun = /^Id of an? (\w+)/.exec(description ?? '')?.[1];
  const prefixes = { connection: 'con', campaign: 'cmp', segment: 'seg', group: 'grp' } as const;
  if (noun)
    return fc
      .uuid()
      .map((uuid) => toWireId((prefixes[noun as keyof typeof prefixes] ?? noun) as 'seg', uuid));
  if (format === 'date') return fc.constantFrom('2026-10-25', '1990-02-28', '2024-02-29');
  return fc.constantFrom('plan', 'a', 'score_2', 'x9');
}

/** Every condition that the contract has, with every operator. */
export const aCondition = arbitrary(schema).map((one) => one as Rule);

export const aRule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    aCondition,
    fc.record({ all: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('rule') }),
  ) as fc.Arbitrary<Rule>,
})).rule;
