// What an import does with the people of a batch besides their fields: the list they join, and their consent with its proof.
import type { ImportConsent, ImportSettings } from '../../contract/imports.ts';
import { recordConsents } from '../contacts/consent-many.ts';
import type { BatchResult, RemarkedRow, WrittenRow } from '../contacts/import/batch.ts';
import type { ImportOptions } from '../contacts/import/import-rows.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { addToList } from '../segments/change-members.ts';

export function optionsOf(ctx: Ctx, settings: ImportSettings): ImportOptions {
  const { mapping, policy, default_country, tags } = settings;
  return {
    mapping,
    policy,
    ...(default_country && { defaultCountry: default_country }),
    tags,
    now: ctx.clock.now(),
  };
}

/** In the transaction of the batch. Returns what is to be said of rows: opt-outs that stay. */
export async function whatElseHappens(
  ctx: Ctx,
  settings: ImportSettings,
  batch: BatchResult,
): Promise<RemarkedRow[]> {
  // also who was left as they were: the list is who stands in the table
  const everybody = [...new Set(batch.written.map(({ id }) => id))];
  if (settings.segment_id !== null) await addToList(ctx, uuidOf('seg', settings.segment_id), everybody);
  return settings.consent ? recordConsentOf(ctx, settings.consent, batch.written) : [];
}

async function recordConsentOf(
  ctx: Ctx,
  consent: ImportConsent,
  written: WrittenRow[],
): Promise<RemarkedRow[]> {
  const rows = new Map<string, WrittenRow>();
  // of several rows of one person the last says it; who is skipped stays as they are
  for (const row of written) if (row.outcome !== 'skipped') rows.set(row.id, row);
  const kept = await recordConsents(
    ctx,
    { channel: consent.channel, purpose: 'marketing', state: consent.state, source: 'import' },
    [...rows.values()].map(({ id, proof }) => ({
      contactId: id,
      wording: wordsOf(consent, proof),
      // its own words and a date: a later agreement is a new one
      proofAt: proof?.wording && proof.at ? proof.at : null,
    })),
  );
  return [...rows.values()].flatMap((row) => {
    const since = kept.get(row.id);
    if (!since) return [];
    const reason = `This person opted out and last said no on ${since.toISOString().slice(0, 10)}, and that stays: ${missing(row.proof)}`;
    return [{ line: row.line, cells: row.cells, remarks: [{ column: null, reason }] }];
  });
}

function wordsOf(consent: ImportConsent, proof: WrittenRow['proof']): string {
  const words = proof?.wording ?? consent.wording;
  return proof?.at ? `${words} (${proof.at.toISOString().slice(0, 10)})` : words;
}

function missing(proof: WrittenRow['proof']): string {
  if (!proof?.wording) return 'the row has no words of theirs that agree to messages again.';
  if (!proof.at) return 'the row does not say when they agreed again.';
  return 'what they agreed to is older.';
}
