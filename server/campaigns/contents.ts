// All wordings of a campaign: its own content, and those of the variants of its A/B test. What holds for one holds for each.
import type { Settings } from '../../contract/campaigns.ts';
import type { Content } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';

/** Does the same for each; an error in a variant points into that variant and names it. */
export async function eachContent(
  campaign: { content?: Content; settings?: Pick<Settings, 'ab'> },
  work: (content: Content) => unknown,
): Promise<void> {
  if (campaign.content) await work(campaign.content);
  for (const [index, { key, content }] of (campaign.settings?.ab?.variants ?? []).entries())
    try {
      await work(content);
    } catch (error) {
      throw error instanceof AppError ? inVariant(error, key, `/settings/ab/variants/${index}`) : error;
    }
}

function inVariant(error: AppError, key: string, prefix: string): AppError {
  const name = `Variant ${key.toUpperCase()}`;
  return new AppError(error.code, `${name}: ${error.message}`, {
    errors: error.errors.map(({ pointer, detail }) => ({
      pointer: `${prefix}${pointer}`,
      detail: `${name}: ${detail}`,
    })),
    ...(error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}
