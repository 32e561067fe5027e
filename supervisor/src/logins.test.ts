import { expect, test } from 'vitest';
import { integrationRights, rights, services } from './logins.ts';

/** Whether a subscription or publication on `pattern` can reach `subject`; both may hold wildcards. */
function overlaps(pattern: string, subject: string): boolean {
  const [a, b] = [pattern.split('.'), subject.split('.')];
  for (let index = 0; ; index++) {
    const [left, right] = [a[index], b[index]];
    if (left === '>' || right === '>') return true;
    if (left === undefined || right === undefined) return left === right;
    if (left !== right && left !== '*' && right !== '*') return false;
  }
}
const publishers = (subject: string) =>
  services.filter((name) => rights[name].publish.some((allowed) => overlaps(allowed, subject)));
const listeners = (subject: string) =>
  services.filter(
    (name) =>
      rights[name].subscribe.some((allowed) => overlaps(allowed, subject)) &&
      !(rights[name].never ?? []).some((denied) => overlaps(denied, subject)),
  );

test('only hub and web give commands, and only workflows hears them', () => {
  expect(publishers('desk.claim')).toEqual(['hub', 'web']);
  expect(listeners('desk.claim')).toEqual(['workflows']);
});

test('every service hears its own inbox, and nobody hears that of another', () => {
  for (const name of services) expect(listeners(`_INBOX_${name}.x`), name).toEqual([name]);
});

test('events come from integrations, connectors and the operator only', () => {
  expect(publishers('events.zendesk.ticket.snapshot')).toEqual(['operator', 'connectors']);
  expect(publishers('events.demo-zendesk.ticket.snapshot')).toEqual(['operator', 'connectors', 'demo']);
});

test.each(['events._settled.zendesk.EVENTS.1.1.0', 'events._retired.zendesk.emVuZGVzaw.1'])(
  'rejected events are settled and sources retired by web, and by those who may publish any event: %s',
  (subject) => {
    expect(publishers(subject)).toEqual(['operator', 'web', 'connectors']);
    expect(integrationRights('zendesk').publish.some((allowed) => overlaps(allowed, subject))).toBe(false);
  },
);

test('streams are made and deleted by supervisor and operator alone', () => {
  for (const verb of ['CREATE', 'UPDATE', 'DELETE']) {
    expect(publishers(`$JS.API.STREAM.${verb}.EVENTS`), verb).toEqual(['supervisor', 'operator']);
  }
  expect(publishers('$JS.API.STREAM.MSG.DELETE.EVENTS')).toEqual(['supervisor', 'operator', 'workflows']);
});

test('sign-ins are written by web and operator alone', () => {
  expect(publishers('$KV.users.token.a')).toEqual(['operator', 'web']);
  expect(publishers('$KV.sessions.session.a')).toEqual(['operator', 'web']);
});

test('every part may answer those who ask how it is', () => {
  const parts = services.filter((name) => rights[name].subscribe.some((subject) => subject.startsWith('health.')));
  expect(parts).toEqual(['ingest', 'hub', 'web', 'connectors', 'workflows', 'demo']);
  for (const asker of ['web', 'operator']) expect(publishers(`_INBOX_${asker}.x`)).toEqual(parts);
});
