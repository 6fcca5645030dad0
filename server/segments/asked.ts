// What a rule needs beside itself to be answered.
import type { Rule } from '../../contract/rules.ts';
import type { Moment } from './moment.ts';

/** Wire id → what a rule that names this segment means. A static list has no rule: its members are looked up. */
export type Segments = ReadonlyMap<string, { rule: Rule | null }>;

export interface Asked {
  workspaceId: string;
  moment: Moment;
  /** The zones of the workspace's people, as their contacts name them; only rules with written dates need them (`asksForZones`). */
  zones: readonly (string | null)[];
  segments: Segments;
}
