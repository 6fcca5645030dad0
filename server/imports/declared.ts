// Columns whose attribute has a declared type are read as that type, whatever the mapping said.
import type { ColumnTarget, ImportSettings } from '../../contract/imports.ts';
import { declaredTypes } from '../contacts/declare-attributes.ts';
import type { Ctx } from '../platform/context.ts';

/** What an attribute is was declared for all: a table is read as that, and rows that are something else are rejected. */
export async function asDeclared(ctx: Ctx, settings: ImportSettings): Promise<ImportSettings> {
  const types = await declaredTypes(ctx);
  const mapping = settings.mapping.map((target): ColumnTarget => {
    const type = target.kind === 'attribute' ? types.get(target.name) : undefined;
    if (target.kind !== 'attribute' || type === undefined || type === target.type) return target;
    return { kind: 'attribute', name: target.name, type };
  });
  return { ...settings, mapping };
}
