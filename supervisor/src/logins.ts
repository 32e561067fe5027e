import { demoKey, demoSources } from '@deskwire/contracts/demo';
import { subjects, subtrees, supervisorLease } from '@deskwire/contracts/subjects';
import type { Bucket, streams } from '@deskwire/contracts/subjects';
import { inboxPrefix } from '@deskwire/runtime/nats';

/**
 * What one login may do on the broker. Answers to requests are listed as inboxes of those who ask: the server's own
 * `allow_responses` remembers every message delivered, and a consumer slows from 88,000 to 2,500 messages/s (measured, 2.9.10).
 */
export interface Rights {
  publish: string[];
  subscribe: string[];
  /** Exceptions from `subscribe`. */
  never?: string[];
}

export const services = ['supervisor', 'operator', 'ingest', 'hub', 'web', 'connectors', 'workflows', 'demo'] as const;
export type ServiceName = (typeof services)[number];

/** Who asks `health.<part>`: the web app for /readyz, and the person at the machine. */
const healthAnswers = ['web', 'operator'].map(inbox);

/**
 * The permission table of the embedded broker: what is not listed is refused. Replies go to an inbox of the service's
 * own; integrations use `_INBOX.>`, so nobody reads what was meant for somebody else.
 */
export const rights: Record<ServiceName, Rights> = {
  supervisor: {
    publish: ['$JS.API.>', `$KV.leases.${supervisorLease}`, subtrees.alerts],
    subscribe: [inbox('supervisor')],
  },
  // The person at the machine: commands, checks, imports. Everything but acting as a service or as the desk.
  operator: {
    publish: ['$JS.API.>', '$JS.ACK.>', '$JS.FC.>', '$KV.>', subjects.allEvents, subtrees.alerts, subjects.health('*')],
    subscribe: ['>'],
    never: [...['supervisor', 'ingest', 'hub', 'web', 'connectors', 'workflows', 'demo'].map(inbox), subtrees.desk],
  },
  ingest: {
    publish: [
      ...reads('EVENTS', 'TICKETS'),
      ...readsKeys('keys', 'leases', 'cursors', 'config'),
      ...writesKeys('keys', 'leases', 'cursors'),
      ...[subtrees.quarantine, subjects.ingestCommitted, subtrees.alerts],
      ...healthAnswers,
    ],
    subscribe: [inbox('ingest'), subjects.health('ingest')],
  },
  hub: {
    publish: [
      ...describes('EVENTS', 'ALERTS'),
      '$JS.API.STREAM.MSG.GET.ALERTS',
      // Changes show before they are stored (decision 20).
      ...reads('TICKETS'),
      ...readsKeys('users', 'sessions', 'leases', 'keys'),
      ...writesKeys('leases'),
      ...[subtrees.live, subjects.desk('*'), subtrees.alerts],
      ...healthAnswers,
    ],
    subscribe: [inbox('hub'), subjects.ingestCommitted, subtrees.live, subjects.health('hub')],
  },
  web: {
    publish: [
      ...describes('EVENTS', 'TICKETS', 'CONVERSATIONS', 'OUTBOUND', 'QUARANTINE', 'ALERTS'),
      '$JS.API.STREAM.MSG.GET.ALERTS',
      // Sealed bytes: only a process with the master key reads them.
      '$JS.API.STREAM.MSG.GET.QUARANTINE',
      // Mended and dismissed events, the last heartbeats of retired sources, and no other ones.
      ...[subjects.allSettlements, subjects.allRetirements],
      ...readsKeys('users', 'sessions', 'leases', 'keys', 'config'),
      `$KV.config.${demoKey}`,
      ...writesKeys('users', 'sessions'),
      ...[subjects.health('*'), subjects.desk('*'), subtrees.alerts],
      ...healthAnswers,
    ],
    subscribe: [inbox('web'), subjects.ingestCommitted, subtrees.live, subjects.health('web')],
  },
  connectors: {
    publish: [
      ...reads('OUTBOUND'),
      ...readsKeys('config', 'cursors', 'leases', 'keys'),
      ...writesKeys('cursors', 'leases'),
      ...[subjects.allEvents, subtrees.alerts],
      ...healthAnswers,
    ],
    subscribe: [inbox('connectors'), subjects.health('connectors')],
  },
  workflows: {
    publish: [
      ...reads('EVENTS', 'TICKETS', 'CONVERSATIONS', 'QUARANTINE'),
      ...['EVENTS', 'TICKETS', 'QUARANTINE', 'KV_customers'].map((stream) => `$JS.API.STREAM.MSG.DELETE.${stream}`),
      ...describes('OUTBOUND'),
      ...readsKeys('customers', 'users', 'keys', 'config', 'cursors', 'actions', 'leases'),
      ...writesKeys('customers', 'keys', 'cursors', 'actions', 'leases'),
      ...[subtrees.tickets, subtrees.conversations, subtrees.outbound, subtrees.live, subtrees.alerts],
      ...[...healthAnswers, inbox('hub')],
    ],
    subscribe: [inbox('workflows'), subjects.desk('*'), subjects.ingestCommitted, subjects.health('workflows')],
  },
  // The simulated systems sign in as integrations; this is who remembers for them, and who removes them with all they said.
  demo: {
    publish: [
      ...describes('EVENTS', 'TICKETS'),
      '$JS.API.STREAM.MSG.GET.EVENTS',
      ...readsKeys('config', 'cursors', 'leases'),
      ...writesKeys('config', 'cursors', 'leases'),
      ...demoSources.map(subjects.eventsOf),
      ...purges('EVENTS', 'TICKETS', 'CONVERSATIONS', 'QUARANTINE', 'KV_customers', 'KV_keys', 'KV_cursors'),
      ...healthAnswers,
    ],
    subscribe: [inbox('demo'), subjects.health('demo')],
  },
};

/** An integration publishes below its own source and reads the acknowledgements, nothing else. */
export const integrationRights = (source: string): Rights => ({
  publish: [subjects.eventsOf(source)],
  subscribe: ['_INBOX.>'],
});

function inbox(service: string): string {
  return `${inboxPrefix(service)}.>`;
}

type StreamName = (typeof streams)[keyof typeof streams] | `KV_${Bucket}`;

/** Position and state of a stream, without a single message of it. */
function describes(...names: StreamName[]): string[] {
  return ['$JS.API.INFO', ...names.map((name) => `$JS.API.STREAM.INFO.${name}`)];
}

/** Every way in which nats.js reads a stream: by position, by subject, and with consumers of its own. */
function reads(...names: StreamName[]): string[] {
  const of = (name: string) => [
    `$JS.API.STREAM.MSG.GET.${name}`,
    `$JS.API.DIRECT.GET.${name}`,
    `$JS.API.DIRECT.GET.${name}.>`,
    `$JS.API.CONSUMER.CREATE.${name}`,
    `$JS.API.CONSUMER.CREATE.${name}.>`,
    `$JS.API.CONSUMER.INFO.${name}.*`,
    `$JS.API.CONSUMER.DELETE.${name}.*`,
    `$JS.API.CONSUMER.MSG.NEXT.${name}.*`,
    `$JS.ACK.${name}.>`,
    `$JS.FC.${name}.>`,
  ];
  return [...describes(...names), ...names.flatMap(of)];
}

function purges(...names: StreamName[]): string[] {
  return names.map((name) => `$JS.API.STREAM.PURGE.${name}`);
}

function readsKeys(...names: Bucket[]): string[] {
  return names.flatMap((name) => reads(`KV_${name}`));
}

function writesKeys(...names: Bucket[]): string[] {
  return names.map((name) => `$KV.${name}.>`);
}
