// A whole node that imports one table when it is asked to, and answers with how long it took and what memory it held at most.
import { importRows } from '../server/contacts/import/import-rows.ts';
import { suggestMapping } from '../server/contacts/import/mapping.ts';
import { openTable } from '../server/contacts/import/table.ts';
import { startNode } from '../server/node.ts';
import { readConfig } from '../server/platform/config.ts';
import { asSystem, inTransaction } from '../server/platform/context.ts';
import { createLog } from '../server/platform/log.ts';

export interface Imported {
  rows: number;
  created: number;
  updated: number;
  rejected: number;
  ms: number;
  /** Resident memory at most, sampled every 20 ms, and what the idle node held before. */
  peakBytes: number;
  idleBytes: number;
}

const config = readConfig(process.env);
const node = await startNode(config, createLog(config.logLevel, process.stderr), 'bench');

async function stop(): Promise<void> {
  await node.stop();
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('disconnect', () => void stop());
process.on('message', (task: { file: string; workspaceId: string }) => {
  void take(task).then((imported) => process.send?.(imported));
});

async function take({ file, workspaceId }: { file: string; workspaceId: string }): Promise<Imported> {
  const idleBytes = process.memoryUsage.rss();
  const imported = { rows: 0, created: 0, updated: 0, rejected: 0, ms: 0, peakBytes: idleBytes, idleBytes };
  const sampling = setInterval(() => {
    imported.peakBytes = Math.max(imported.peakBytes, process.memoryUsage.rss());
  }, 20);
  const startedAt = performance.now();
  const table = await openTable(file);
  const mapping = suggestMapping(table.header, []);
  await importRows(table, { mapping, policy: 'update' }, async (write) => {
    const batch = await inTransaction(asSystem(node.base, workspaceId), write);
    imported.rows += batch.rows;
    imported.rejected += batch.rejected.length;
    for (const { outcome } of batch.written) if (outcome !== 'skipped') imported[outcome]++;
  });
  await table.close();
  clearInterval(sampling);
  return { ...imported, ms: performance.now() - startedAt };
}

process.send?.('ready');
