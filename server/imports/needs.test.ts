// What an import needs beside itself: the list it fills, its file, and the scopes of what it writes.
import { describe, expect, it } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import type { Scope } from '../../contract/roles.ts';
import { newId } from '../platform/db/ids.ts';
import { inWorkspace } from '../testing/context.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { previewImport } from './preview.ts';
import { startImport } from './start.ts';
import { anImporter, importApp } from './testing-imports.ts';

const { app, ctx } = await importApp();

describe('what it needs', () => {
  it('is not deleted under it: the list that it fills', async () => {
    const who = await anImporter(app);
    const list = (await who.call('POST', '/segments', { name: 'Fair' })).json();
    const { id } = await who.take('Name\nAnn\n', { segment_id: list.id });
    const works = () => ctx.db.updateTable('works').where('workspace_id', '=', who.workspaceId);
    await works()
      .set({ status: 'running', beaten_at: new Date('2100-01-01'), claim: newId() })
      .execute();
    const refused = await who.call('DELETE', `/segments/${list.id}`);
    expect([codeOf(refused), refused.json().detail]).toEqual([
      '409 SEGMENT_IN_USE',
      expect.stringContaining('The import "people.csv" is just changing'),
    ]);
    await works().set({ status: 'finished' }).execute();
    expect((await who.call('DELETE', `/segments/${list.id}`)).statusCode).toBe(204);
    expect((await who.read(id)).status).toBe('finished');
  });

  it('is deleted while it is looked at: the file is not there, in words', async () => {
    const who = await anImporter(app);
    const { id } = await who.uploaded('Name\nAnn\n');
    const here = inWorkspace(ctx, who.workspaceId);
    const losing = {
      ...here,
      storage: {
        ...here.storage,
        localFile: async (key: string) => {
          const file = await here.storage.localFile(key);
          await here.storage.remove(key);
          return file;
        },
      },
    };
    await expect(previewImport(losing, fromWireId('imp', id) as string)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('Upload it again'),
    });
  });

  it('a token that imports writes people, lists and attributes with their own scopes only', async () => {
    const who = await anImporter(app);
    const list = (await who.call('POST', '/segments', { name: 'Fair' })).json();
    const { id } = await who.uploaded('Name,Shoe\nAnn,38\n');
    await who.change(id, { segment_id: list.id });
    const start = (...scopes: Scope[]) => {
      const here = inWorkspace(ctx, who.workspaceId);
      const actor = { kind: 'token', workspaceId: who.workspaceId, tokenId: newId(), name: 'Till', scopes: new Set(scopes) } as const; // biome-ignore format: one line
      return startImport({ ...here, actor }, fromWireId('imp', id) as string);
    };
    const refused = (scope: string) => ({ code: 'FORBIDDEN', message: expect.stringContaining(scope) });
    await expect(start('imports:write')).rejects.toMatchObject(refused('contacts:write'));
    await expect(start('imports:write', 'contacts:write')).rejects.toMatchObject(refused('segments:write'));
    await expect(start('imports:write', 'contacts:write', 'segments:write')).rejects.toMatchObject({
      ...refused('attributes:write'),
      errors: [{ pointer: '/mapping/1' }],
    });
    await start('imports:write', 'contacts:write', 'segments:write', 'attributes:write');
    expect((await who.ended(id)).status).toBe('finished');
  });
});
