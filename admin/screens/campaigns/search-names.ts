// The parts of the address of the list of campaigns: small, for the router has it from the first moment on.

/** Every part but the page is text, so that the address, a saved view and the API's own address are the same words. */
export interface CampaignsSearch {
  search?: string | undefined;
  /** Some, with commas between. */
  status?: string | undefined;
  channel?: string | undefined;
  training?: string | undefined;
  /** Counted from today; `custom` takes from and until. */
  period?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
  unsettled?: string | undefined;
  sort?: string | undefined;
  /** Where the page begins, and which one it is (to be shown). */
  cursor?: string | undefined;
  page?: number | undefined;
  /** `calendar`: what goes out when, in place of the list. */
  show?: string | undefined;
  /** The month of the calendar, "2026-12". */
  month?: string | undefined;
}
const texts = [
  'search',
  'status',
  'channel',
  'training',
  'period',
  'from',
  'until',
  'unsettled',
  'sort',
  'show',
  'month',
] as const satisfies (keyof CampaignsSearch)[];

/** Keeps what belongs to the list; what does not is dropped: a mistyped address should not break the page. */
export function readCampaignsSearch(given: Record<string, unknown>): CampaignsSearch {
  const kept: CampaignsSearch = {};
  for (const name of texts) {
    const value = given[name];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') kept[name] = String(value);
  }
  const page = Number(given.page);
  const turned = typeof given.cursor === 'string' && Number.isInteger(page) && page > 0;
  return turned ? { ...kept, cursor: given.cursor as string, page } : kept;
}
