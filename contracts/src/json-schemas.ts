import { mkdirSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { accessToken } from './access-token.ts';
import { alert } from './alert.ts';
import { conversationMessage } from './conversation.ts';
import { customerProfile } from './customer.ts';
import { demoAnswer } from './demo.ts';
import { eventBatch, integrationEvent } from './event.ts';
import { flowReport, ingestCommitted } from './flow.ts';
import { partHealth, readiness } from './health.ts';
import { command, commandAck, frame, hubHeartbeat, subscribe, subscribeAck, unsubscribe } from './hub-protocol.ts';
import { kpiAnswer, kpiFrame, kpiReceipt, kpiSeries } from './kpi.ts';
import { problem } from './problem.ts';
import { dismissRequest, rejectedDetail, rejectedPage, settleAnswer } from './rejected.ts';
import { retireAnswer, retireRequest } from './retirement.ts';
import { hubTokenAnswer } from './session.ts';
import { ticketChange } from './ticket-change.ts';
import { ticket } from './ticket.ts';
import { ticketAnswer } from './ticket-answer.ts';

const folder = new URL('../schemas/', import.meta.url);

const published = {
  ...{ event: integrationEvent, 'event-batch': eventBatch },
  ...{ 'ingest-committed': ingestCommitted, 'flow-report': flowReport },
  ...{ frame, 'hub-heartbeat': hubHeartbeat, subscribe, 'subscribe-ack': subscribeAck, unsubscribe },
  ...{ command, 'command-ack': commandAck },
  ...{ ticket, 'ticket-change': ticketChange, 'kpi-answer': kpiAnswer, 'kpi-frame': kpiFrame },
  ...{ 'kpi-series': kpiSeries, 'kpi-receipt': kpiReceipt, 'ticket-answer': ticketAnswer },
  ...{ 'part-health': partHealth, readiness, problem, 'access-token': accessToken },
  ...{ 'hub-token': hubTokenAnswer, demo: demoAnswer, 'retire-request': retireRequest, retired: retireAnswer },
  ...{ 'rejected-page': rejectedPage, 'rejected-event': rejectedDetail },
  ...{ 'dismiss-request': dismissRequest, settled: settleAnswer },
  ...{ alert, 'conversation-message': conversationMessage, 'customer-profile': customerProfile },
};

/** Every published schema as JSON Schema 2020-12 text, by file name: for those who write integrations in another language. */
export function jsonSchemas(): Map<string, string> {
  return new Map(
    Object.entries(published).map(([name, schema]) => [
      `${name}.schema.json`,
      `${JSON.stringify({ title: name, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`,
    ]),
  );
}

/** `npm run schemas`: writes them beside the contracts, where a test keeps them current. */
export function writeJsonSchemas(): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of jsonSchemas()) writeFileSync(new URL(name, folder), text);
}

export const schemaFile = (name: string) => new URL(name, folder);

if (process.argv[1]?.endsWith('json-schemas.ts') === true) {
  if (process.argv.includes('--help'))
    process.stdout.write('npm run schemas\n\nWrites the JSON Schemas of all contracts into contracts/schemas.\n');
  else writeJsonSchemas();
}
