// After an import, what segments say about their people is soon true again.
import { expect, test } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import { until } from '../testing/engine.ts';
import { anImporter, importApp } from './testing-imports.ts';

const { app, ctx } = await importApp();

test('a rule is due for its check when an import has ended, not after its quarter of an hour', async () => {
  const who = await anImporter(app);
  const rule = { field: 'tag', op: 'any_of', values: ['fair'] };
  const { id } = (await who.call('POST', '/segments', { name: 'Fair', rule })).json();
  await until('it is counted', async () => (await who.call('GET', `/segments/${id}`)).json().count === 0);
  const restsMs = async () => {
    const query = ctx.db
      .selectFrom('segment_watch')
      .select('due_at')
      .where('segment_id', '=', fromWireId('seg', id));
    return (await query.executeTakeFirstOrThrow()).due_at.getTime() - ctx.clock.now().getTime();
  };
  expect(await restsMs()).toBeGreaterThan(800_000);
  await who.take('Name,Email\nAnn,ann@example.com\n', { tags: ['fair'] });
  expect(await restsMs()).toBeLessThan(70_000);
});
