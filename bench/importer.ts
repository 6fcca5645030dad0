// One table through the door that people use: uploaded over HTTP, mapped as suggested, started, and waited for, with the memory
// of the node that does it.
import { openAsBlob } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { ContactImport } from '../contract/imports.ts';
import type { Memory } from './node.ts';
import type { NodeProcess } from './stage.ts';

export interface Imported {
  rows: number;
  created: number;
  updated: number;
  rejected: number;
  /** Of the upload, and from the start to the end of the import. */
  uploadMs: number;
  ms: number;
  /** Resident memory at most, the upload included, and what the idle node held before. */
  peakBytes: number;
  idleBytes: number;
}

const sampleEveryMs = 200;

export async function importOver(node: NodeProcess, token: string, file: string): Promise<Imported> {
  const rssBytes = async () => (await node.child.ask<Memory>({})).rssBytes;
  const idleBytes = await rssBytes();
  const ask = asker(node.url as string, token);
  const form = new FormData();
  form.append('file', await openAsBlob(file), 'people.csv');
  const uploadedFrom = performance.now();
  const uploading = ask('POST', '/imports', form);
  let peakBytes = idleBytes;
  let uploaded: ContactImport | null = null;
  void uploading.then((done) => {
    uploaded = done;
  });
  while (!uploaded) {
    peakBytes = Math.max(peakBytes, await rssBytes());
    await wait(sampleEveryMs);
  }
  const { id } = await uploading;
  const startedAt = performance.now();
  await ask('PATCH', `/imports/${id}`, { policy: 'update' });
  await ask('POST', `/imports/${id}/start`, {});
  for (;;) {
    peakBytes = Math.max(peakBytes, await rssBytes());
    const now = await ask('GET', `/imports/${id}`);
    if (now.status === 'finished') {
      const { processed: rows, created, updated, rejected } = now;
      const ms = performance.now() - startedAt;
      return {
        rows,
        created,
        updated,
        rejected,
        uploadMs: startedAt - uploadedFrom,
        ms,
        peakBytes,
        idleBytes,
      };
    }
    if (now.status === 'failed') throw new Error(`The import failed: ${now.problem}`);
    await wait(sampleEveryMs);
  }
}

function asker(url: string, token: string) {
  return async (method: string, path: string, body?: FormData | object): Promise<ContactImport> => {
    const isForm = body instanceof FormData;
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as ContactImport;
  };
}
