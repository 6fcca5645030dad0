// A process that owns an embedded PostgreSQL, for tests that kill it. Arguments: data folder, and "orphan" to let
// the server outlive us. Prints one line of JSON when the server is up.
import { startEmbeddedPostgres } from '../platform/db/embedded.ts';

const [dataDir, fate] = process.argv.slice(2);
const postgres = await startEmbeddedPostgres({ dataDir: dataDir!, dieWithUs: fate !== 'orphan' });
postgres.announce('http://127.0.0.1:3000');
console.log(JSON.stringify({ url: postgres.url, pid: postgres.pid() }));
setInterval(() => {}, 60_000);
