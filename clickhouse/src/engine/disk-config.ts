import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name of the encrypted disk and of the storage policy that puts every MergeTree table on it. */
export const sealedDisk = 'sealed';

/** The variable that the engine reads the disk's key from; the file below names it and never holds the key. */
export const diskKeyVariable = 'CLICKHOUSE_DISK_KEY';

/**
 * Writes the engine's configuration into its data directory and returns the file's path. The encrypted disk's own `<path>` is
 * empty on purpose: with another one every INSERT fails as soon as directories are synced (ClickHouse#111838).
 */
export function writeDiskConfig(options: { engineDir: string; memoryBytesMax: number }): string {
  const file = join(options.engineDir, 'engine.xml');
  const config = `<clickhouse>
  <max_server_memory_usage>${options.memoryBytesMax}</max_server_memory_usage>
  <storage_configuration>
    <disks>
      <base><type>local</type><path>${escapeXml(join(options.engineDir, 'sealed'))}/</path></base>
      <${sealedDisk}>
        <type>encrypted</type><disk>base</disk><path></path>
        <algorithm>AES_256_CTR</algorithm><key_hex from_env="${diskKeyVariable}"/>
      </${sealedDisk}>
    </disks>
    <policies><${sealedDisk}><volumes><main><disk>${sealedDisk}</disk></main></volumes></${sealedDisk}></policies>
  </storage_configuration>
  <merge_tree><storage_policy>${sealedDisk}</storage_policy></merge_tree>
</clickhouse>
`;
  writeFileSync(file, config, { mode: 0o600 });
  return file;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
}
