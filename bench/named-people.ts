// People as a shop knows them, for the bench of the contact list: few names are frequent and many are rare, some are written in
// other scripts, not everybody has everything, some tags belong to old contacts only. The same ones at every run.
import { sql } from 'kysely';
import { type BaseCtx, inTransaction } from '../server/platform/context.ts';

const firstNames =
  'Anna Maria Emma Mia Olga Sofia Laura Julia Elena Sarah Lena Marta Nina Alice Eva Ivan Max Paul Tom Jan Leo Felix Marco Pablo David Daniel Michael Thomas Peter Johan Luca Omar Ali Yusuf Ahmed Fatima Aisha Leila Priya Rahul Arjun Mei Li Wei Yuki Hana Kenji Minh Linh Ngozi Chidi Kwame Amara Zoe Zuzana Ximena Quentin Ulrike Ursula Vera Viktor Wanda Walter Yannick Ömer Élodie Ángel Øyvind Анна Мария Иван Ольга 王 李 محمد'.split(
    ' ',
  );
/** Two of the first and one of the second make a last name: 1,800 of them. */
const beginnings = 'Ber Kol Mar San Tor Vel Han Lin Nor Pet Ros Sil'.split(' ');
const ends =
  'ano berg czyk dez enko ford gren heim ić jan kova lund mann nen otti poulos quist rez sen ton'.split(' ');

/** Everybody has one chat on the first connection; a tenth cannot be reached. Ends with ANALYZE, as autovacuum would. */
export async function addNamedPeople(base: BaseCtx, workspaceId: string, people: number): Promise<void> {
  const lastNames = beginnings.flatMap((one) =>
    beginnings.flatMap((two) => ends.map((end) => one + two.toLowerCase() + end)),
  );
  await inTransaction(base, async ({ db }) => {
    await sql`SELECT setseed(0.42)`.execute(db);
    await sql`
      CREATE TEMP TABLE crowd ON COMMIT DROP AS
      SELECT n, new_id() AS id, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5, random() AS r6, random() AS r7,
        -- the first of the list are met a hundred times as often as the last
        (${firstNames}::text[])[1 + floor(power(random(), 1.7) * ${firstNames.length})] AS first_name,
        (${lastNames}::text[])[1 + floor(power(random(), 2) * ${lastNames.length})] AS last_name,
        lpad(floor(random() * 1e10)::bigint::text, 10, '0') AS digits,
        now() - interval '3 years' * (1 - n::float / ${people}) AS at
      FROM generate_series(1, ${people}::int) n`.execute(db);
    await sql`
      INSERT INTO contacts (workspace_id, id, external_id, first_name, last_name, email, phone, language, attributes, tags,
        last_seen_at, created_at, updated_at)
      SELECT ${workspaceId}::uuid, id, 'c-' || n, CASE WHEN r1 > 0.02 THEN first_name END, CASE WHEN r1 > 0.2 OR r1 < 0.01 THEN last_name END,
        CASE WHEN r2 > 0.3 THEN lower(last_name) || n || '@' || (ARRAY['gmail.com', 'example.com', 'mail.example', 'web.example'])[1 + n % 4] END,
        CASE WHEN r3 < 0.6 THEN '+44' || digits END, (ARRAY['en', 'de', 'ru', 'es'])[1 + n % 4],
        jsonb_build_object('city', 'Town ' || n % 500, 'points', n % 1000),
        array_remove(ARRAY[CASE WHEN n % 2 = 0 THEN 'newsletter' END, CASE WHEN n % 20 = 0 THEN 'vip' END,
          CASE WHEN n % 5000 = 0 THEN 'wholesale' END, CASE WHEN n < ${people} / 20 THEN 'founding' END], NULL),
        CASE WHEN r4 < 0.5 THEN at + (now() - at) * r5 END, at, at
      FROM crowd`.execute(db);
    await sql`
      INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, username, reachable, created_at)
      SELECT ${workspaceId}::uuid, new_id(), crowd.id, k.id, 'telegram', (1000000000 + n)::text,
        CASE WHEN r6 > 0.4 THEN lower(translate(first_name, 'ÖÉÁØ', 'oeao')) || '_' || left(digits, 4) END, r5 < 0.9, at
      FROM crowd, (SELECT id FROM connections WHERE workspace_id = ${workspaceId} ORDER BY id LIMIT 1) k`.execute(
      db,
    );
    await sql`
      INSERT INTO consents (workspace_id, contact_id, channel, purpose, state, source, at)
      SELECT ${workspaceId}::uuid, id, 'telegram', 'marketing', CASE WHEN r7 > 0.97 THEN 'opted_out' ELSE 'opted_in' END, 'import', at
      FROM crowd WHERE r6 < 0.7`.execute(db);
    await sql`
      INSERT INTO orders (workspace_id, id, contact_id, status, total, placed_at)
      SELECT ${workspaceId}::uuid, new_id(), id, 'paid', round((5 + 400 * power(r2, 4))::numeric, 2), at
      FROM crowd WHERE r4 > 0.4 AND r4 < 0.7`.execute(db);
    await sql`
      WITH list AS (
        INSERT INTO segments (workspace_id, id, name, kind, created_at, updated_at)
        SELECT ${workspaceId}::uuid, new_id(), 'Fair of spring', 'static', now(), now() RETURNING id)
      INSERT INTO segment_members (workspace_id, segment_id, contact_id, added_at)
      SELECT ${workspaceId}::uuid, list.id, crowd.id, now() FROM crowd, list WHERE n % 2000 = 7`.execute(db);
  });
  await sql`VACUUM ANALYZE contacts, identities, consents, segment_members`.execute(base.db);
}
