// A value that the planner does not look at. What its statistics say of one workspace is wrong for a new one: they take it for
// empty, every index that begins with the workspace seems as good as the right one, and a batch reads all people again for each
// of its rows. Like this it plans for a workspace of average size.
import { type RawBuilder, sql } from 'kysely';

/** For `workspace_id = …` beside the column that is to be looked up. `uuid`: the workspace. */
export const unplanned = (uuid: string): RawBuilder<string> => sql<string>`(SELECT ${uuid}::uuid)`;
