// All wordings of a campaign: its own content, and those of the variants of its A/B test. What holds for one holds for each.
import type { Settings } from '../../../contract/campaigns.ts';
import type { Content } from '../../../contract/message.ts';
import { AppError } from '../../platform/errors.ts';

/** Does the same for each; what is wrong in a variant points into it and names it. Throws with the fields of all that are wrong. */
export async function eachContent(
  campaign: { content?: Content; settings?: Pick<Settings, 'ab'> },
  work: (content: Content) => unknown,
): Promise<void> {
  const wrong: AppError[] = [];
  const attempt = async (content: Content, named: (error: AppError) => AppError): Promise<void> => {
    try {
      await work(content);
    } catch (error) {
      // without a field it concerns more than this wording
      if (!(error instanceof AppError) || error.errors.length === 0) throw error;
      wrong.push(named(error));
    }
  };
  if (campaign.content) await attempt(campaign.content, (error) => error);
  for (const [index, { key, content }] of (campaign.settings?.ab?.variants ?? []).entries())
    await attempt(content, (error) => inVariant(error, key, `/settings/ab/variants/${index}`));
  const [first] = wrong;
  if (first)
    throw new AppError(first.code, first.message, { errors: wrong.flatMap((error) => error.errors) });
}

function inVariant(error: AppError, key: string, prefix: string): AppError {
  const name = `Variant ${key.toUpperCase()}`;
  return new AppError(error.code, `${name}: ${error.message}`, {
    errors: error.errors.map(({ pointer, detail }) => ({
      pointer: `${prefix}${pointer}`,
      detail: `${name}: ${detail}`,
    })),
  });
}
