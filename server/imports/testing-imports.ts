// For tests of imports: the whole app with its jobs, an owner, and a table from upload to end. Imported by tests only.
import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import type { ContactImport, ImportPatch, PreviewRow } from '../../contract/imports.ts';
import { createApp } from '../app.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { until } from '../testing/engine.ts';
import { anOwner, type Visitor } from '../workspaces/testing-visitor.ts';

export async function importApp(
  options: { work?: boolean; clock?: TestCtx['clock'] } = {},
): Promise<{ app: FastifyInstance; ctx: TestCtx }> {
  const ctx = await testCtx({ work: true, ...options });
  const app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.ready();
  afterAll(() => app.close());
  return { app, ctx };
}

export type Importer = Visitor & { workspaceId: string } & ReturnType<typeof importing>;

/** An owner of a new workspace with the verbs of an import. */
export async function anImporter(app: FastifyInstance): Promise<Importer> {
  const owner = await anOwner(app);
  return Object.assign(owner, importing(owner));
}

export function importing(who: Visitor) {
  const self = {
    upload: (content: string | Buffer, name = 'people.csv', query = '') =>
      who.call('POST', `/imports${query}`, formOf(content, name), {
        'content-type': 'multipart/form-data; boundary=cut',
      }),
    async uploaded(content: string | Buffer, query = ''): Promise<ContactImport> {
      const answer = await self.upload(content, 'people.csv', query);
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return answer.json();
    },
    async change(id: string, patch: ImportPatch): Promise<ContactImport & { preview: PreviewRow[] }> {
      const answer = await who.call('PATCH', `/imports/${id}`, patch);
      if (answer.statusCode !== 200) throw new Error(answer.body);
      return answer.json();
    },
    read: async (id: string): Promise<ContactImport> => (await who.call('GET', `/imports/${id}`)).json(),
    async ended(id: string): Promise<ContactImport> {
      await until('the import has ended', async () =>
        ['finished', 'failed', 'cancelled'].includes((await self.read(id)).status),
      );
      return self.read(id);
    },
    /** From the upload to the end, with these settings. */
    async take(content: string | Buffer, patch: ImportPatch = {}): Promise<ContactImport> {
      const { id } = await self.uploaded(content);
      if (Object.keys(patch).length > 0) await self.change(id, patch);
      const answer = await who.call('POST', `/imports/${id}/start`);
      if (answer.statusCode !== 202) throw new Error(answer.body);
      return self.ended(id);
    },
    report: async (id: string, query = ''): Promise<string[]> =>
      (await who.call('GET', `/imports/${id}/report${query}`)).body
        .replace('\ufeff', '')
        .trimEnd()
        .split('\r\n'),
  };
  return self;
}

export function formOf(content: string | Buffer, name: string, field = 'file'): Buffer {
  return Buffer.concat([
    Buffer.from(
      `--cut\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n--cut--\r\n'),
  ]);
}
