import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { splitStatements } from './split-statements.ts';

const folder = new URL('../migrations/', import.meta.url);

export interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Applies the numbered migrations that are not applied yet, in order; running it again changes nothing.
 * Throws MigrationDrift when an applied file was edited or is gone, before anything is changed.
 */
export async function migrate(client: ClickHouseClient, migrations = readMigrations()): Promise<string[]> {
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS migrations (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY name`,
  });
  const applied = z.array(z.object({ name: z.string(), checksum: z.string() })).parse(
    await (
      await client.query({
        query: 'SELECT name, any(checksum) AS checksum FROM migrations GROUP BY name ORDER BY name',
        format: 'JSONEachRow',
      })
    ).json(),
  );

  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const file = known.get(name);
    if (file === undefined)
      throw new MigrationDrift(
        `${name} is applied in this database but its file is gone; use the version of Deskwire that has it`,
      );
    if (file.checksum !== checksum)
      throw new MigrationDrift(`${name} was changed after it was applied; undo the change and append a new migration`);
  }

  const done: string[] = [];
  const names = new Set(applied.map(({ name }) => name));
  for (const migration of migrations) {
    if (names.has(migration.name)) continue;
    for (const statement of splitStatements(migration.sql)) await client.command({ query: idempotent(statement) });
    await client.insert({
      table: 'migrations',
      values: [{ name: migration.name, checksum: migration.checksum }],
      format: 'JSONEachRow',
    });
    done.push(migration.name);
  }
  return done;
}

/** Migrations of this version, by number. */
export function readMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** A crash between two statements of a file runs the file again: creation has to tolerate what is there. */
function idempotent(statement: string): string {
  return statement.replace(/^CREATE TABLE (?!IF NOT EXISTS)/i, 'CREATE TABLE IF NOT EXISTS ');
}

export class MigrationDrift extends Error {
  override name = 'MigrationDrift';
}
