// What the driver and PostgreSQL answer when DATABASE_URL does not lead to a database, in words that say what to do.

/** A sentence for the person who set DATABASE_URL, without its password; null where the error is of another kind. */
export function whyUnreachable(error: unknown, databaseUrl: string): string | null {
  const address = URL.parse(databaseUrl);
  const host = address?.hostname || 'localhost';
  const place = `${host}:${address?.port || '5432'}`;
  const user = decoded(address?.username ?? '') || 'the user of this machine';
  const database = decoded(address?.pathname.slice(1) ?? '') || user;
  const words: Record<string, string> = {
    ECONNREFUSED: `no PostgreSQL answers at ${place}. Start it, or correct host and port.`,
    ENOTFOUND: `the host ${host} is not known. Correct its name, or check the network.`,
    EAI_AGAIN: `the host ${host} is not known at present. Correct its name, or check the network.`,
    ETIMEDOUT: `${place} does not answer. Check host, port and firewall.`,
    EHOSTUNREACH: `${place} cannot be reached. Check host, port and firewall.`,
    ENETUNREACH: `${place} cannot be reached. Check host, port and firewall.`,
    ECONNRESET: `${place} hung up. Check that it is PostgreSQL, and whether it wants ?sslmode=require.`,
    '28P01': `the password for ${user} is wrong. Correct it; characters like @ : / # have to be written as %40 %3A %2F %23.`,
    '28000': `PostgreSQL does not let ${user} in. Check the user, pg_hba.conf, and whether it wants ?sslmode=require.`,
    '3D000': `there is no database "${database}" at ${place}. Create it: CREATE DATABASE ${database} OWNER ${user};`,
    '42501': `${user} may not create tables in "${database}". Make it the owner: ALTER DATABASE ${database} OWNER TO ${user};`,
    '53300': `${place} has no connection left. Carillon needs about 30: raise max_connections.`,
    '57P03': `${place} is starting or stopping. Try again in a moment.`,
  };
  const { code, message } = error as { code?: string; message?: string };
  const found =
    words[code ?? ''] ??
    (/SASL|SCRAM.*password|password must be/i.test(message ?? '')
      ? `${place} wants a password for ${user}. Write it into the address: postgres://user:password@host:5432/database.`
      : null);
  return found && `DATABASE_URL: ${found} Without DATABASE_URL Carillon brings a database of its own.`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
