import { readFileSync } from 'node:fs';
import { createClient, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';

export interface ClickHouseLogin {
  CLICKHOUSE_URL: string;
  CLICKHOUSE_USER: string;
  CLICKHOUSE_PASSWORD: string;
  CLICKHOUSE_DATABASE: string;
}

const settings: ClickHouseSettings = {
  // Without it an error after the first byte would arrive inside a 200.
  wait_end_of_query: 1,
  date_time_output_format: 'iso',
  output_format_json_quote_64bit_integers: 0,
};

/** The official client on a server, a cluster or the embedded engine: nobody behind this door knows which. Queries give up after `timeoutMs`. */
export function connectClickHouse(
  login: ClickHouseLogin & { CLICKHOUSE_CA_FILE?: string | undefined },
  name: string,
  timeoutMs = 30_000,
): ClickHouseClient {
  return createClient({
    url: login.CLICKHOUSE_URL,
    username: login.CLICKHOUSE_USER,
    password: login.CLICKHOUSE_PASSWORD,
    database: login.CLICKHOUSE_DATABASE,
    ...(login.CLICKHOUSE_CA_FILE === undefined ? {} : { tls: { ca_cert: readFileSync(login.CLICKHOUSE_CA_FILE) } }),
    application: `deskwire-${name}`,
    request_timeout: timeoutMs,
    max_open_connections: 10,
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    // Thousands of hashes do not fit into an address.
    use_multipart_params_auto: true,
    // A copy: the client writes what the address says into it.
    clickhouse_settings: { ...settings },
    log: { level: 127 },
  });
}
