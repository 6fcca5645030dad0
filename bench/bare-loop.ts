// The same requests with undici alone, written down nowhere: what this machine can do at all. A process of its own, like a
// node; every message over IPC is one round, answered with its milliseconds.
import { Pool } from 'undici';
import { bodyFor } from './requests.ts';

/** As many connections as a node of ours opens. */
const connections = 64;

async function round(url: string, tokens: string[], people: number): Promise<number> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const total = tokens.length * people;
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let at = next++; at < total; at = next++) {
        const answer = await pool.request({
          path: `/bot${tokens[at % tokens.length]}/sendMessage`,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: bodyFor(Math.floor(at / tokens.length)),
        });
        const { ok } = (await answer.body.json()) as { ok: boolean };
        if (!ok) throw new Error('the emulator refused a message');
      }
    }),
  );
  const tookMs = performance.now() - started;
  await pool.close();
  return tookMs;
}

process.on('message', ({ url, tokens, people }: { url: string; tokens: string[]; people: number }) => {
  void round(url, tokens, people).then((ms) => process.send?.({ ms }));
});
process.on('disconnect', () => process.exit(0));
process.send?.({});
