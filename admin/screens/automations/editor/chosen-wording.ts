// Which wording of the test on screen was chosen in the report. Pure.
import type { Report } from '../../../../contract/campaigns.ts';
import type { Content } from '../../../../contract/message.ts';
import { type AbTest, variantKeys } from '../../../../contract/variants.ts';

/** Null: none, or the report is of other wordings than these. */
export function chosenWording(
  report: Pick<Report, 'variants'> | undefined,
  { content, ab }: { content: Content; ab: AbTest | null },
): { name: string; content: Content } | null {
  const { step, winner, test_percent, data = [] } = report?.variants ?? {};
  if (!ab || step !== 'decided' || !winner || test_percent !== ab.test_percent) return null;
  const here = [content, ...ab.variants.map((variant) => variant.content)];
  const isSame = here.length === data.length && here.every(({ text }, index) => text === data[index]?.text);
  const chosen = here[variantKeys.indexOf(winner)];
  return isSame && chosen ? { name: winner.toUpperCase(), content: chosen } : null;
}
