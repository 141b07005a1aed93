import type pg from 'pg';

/** Keys of the advisory lock that counts the users of the embedded server: "tick", 1. Nothing else may use them. */
const USER_LOCK = '1953063787, 1';

/**
 * Joins the users of the server: a shared advisory lock, held by this session. Waits while a leaver holds it alone,
 * and fails with its connection when that one stops the server.
 */
export async function joinUsers(client: pg.Client): Promise<void> {
  // Settings of the user's own must not end a session that only waits.
  await client.query('set idle_session_timeout = 0; set lock_timeout = 0; set statement_timeout = 0');
  await client.query(`select pg_advisory_lock_shared(${USER_LOCK})`);
}

/**
 * Leaves the users of the server. True when nobody is left: this session then holds the lock alone, and newcomers wait
 * until it ends. Of two that leave at once, the one that asks later is the last.
 */
export async function leaveUsers(client: pg.Client): Promise<boolean> {
  await client.query(`select pg_advisory_unlock_shared(${USER_LOCK})`);
  const { rows } = await client.query<{ alone: boolean }>(`select pg_try_advisory_lock(${USER_LOCK}) as alone`);
  return rows[0]?.alone === true;
}
