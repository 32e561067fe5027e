import { mark } from './marks.ts';

const someDay = '2026-11-22T09:00:00Z';

export type Envelope = Record<string, unknown> & { id: string; type: string; data: Record<string, unknown> };

/** One event of each type in which every personal field is marked, also those that the contract does not know. */
export function markedEvents(segment: string, n: number, time = someDay): Envelope[] {
  const unknown = { [`note_${n}`]: mark.text(n), nested: { [mark.name(n)]: [mark.mail(n)] } };
  const ticket_id = `T${n}`;
  const customer_id = `C${n}`;
  const of = (type: string, data: Record<string, unknown>): Envelope => ({
    ...{ specversion: '1.0', source: `${segment}/eu`, time, type },
    ...{ id: `${type}-${n}`, subject: mark.text(n), operator: mark.name(n) },
    data: { ...data, ...unknown },
  });
  const contact = { name: mark.name(n), email: mark.mail(n), phone: mark.phone(n) };
  return [
    of('ticket.snapshot', {
      ...{ ticket_id, created_at: time, updated_at: time, status: 'open', customer_id },
      ...{
        subject: mark.text(n),
        requester: { ...contact, alias: mark.name(n) },
        fields: { ...contact, [mark.mail(n)]: 1 },
      },
      ...{
        team: `Team of ${mark.mail(n)}`,
        assignee: mark.mail(n),
        channel: mark.phone(n),
        tags: [mark.mail(n), mark.phone(n)],
      },
    }),
    of('ticket.message', {
      ...{ ticket_id, message_id: mark.mail(n), author: 'customer', author_id: mark.phone(n), public: true },
      ...{ body: mark.text(n), created_at: time },
    }),
    of('ticket.rating', { ticket_id, score: 1, comment: mark.text(n), rated_at: time }),
    of('ticket.deleted', { ticket_id: mark.phone(n) }),
    of('customer.snapshot', {
      ...{ customer_id: mark.mail(n), ...contact, company: mark.name(n), tier: mark.mail(n), locale: mark.mail(n) },
      ...{ lifetime_value: 1, consents: { [mark.name(n)]: mark.mail(n) }, updated_at: time },
    }),
    of('customer.erased', { customer_id }),
    of('interaction.logged', {
      customer_id,
      kind: 'call',
      occurred_at: time,
      fields: { ...contact, said: mark.text(n) },
    }),
    of('source.heartbeat', { cursor: mark.mail(n), sent_count: 1, interval_s: 60 }),
  ].flatMap((event) => [event, { ...event, id: `${event.type}-${mark.mail(n)}` }]);
}

/** What is wrong with an event, and how to make a good one so; values that are refused are marked too. */
const flaws: ((event: Envelope, n: number) => unknown)[] = [
  (event, n) => ({ ...event, specversion: mark.text(n) }),
  (event) => ({ ...event, id: undefined }),
  (event, n) => ({ ...event, id: mark.text(n).repeat(40) }),
  (event, n) => ({ ...event, source: mark.mail(n) }),
  (event) => ({ ...event, source: 'somebody-else' }),
  (event, n) => ({ ...event, type: mark.name(n) }),
  (event, n) => ({ ...event, time: mark.text(n) }),
  (event) => ({ ...event, time: '1970-01-01T00:00:00Z' }),
  (event, n) => ({ ...event, data: mark.text(n) }),
  (event, n) => ({
    ...event,
    data: { ...event.data, status: mark.text(n), author: mark.text(n), score: mark.text(n) },
  }),
  (event, n) => ({
    ...event,
    data: { ...event.data, priority: mark.text(n), body: [mark.text(n)], kind: mark.text(n) },
  }),
  (event, n) => ({ ...event, data: { ...event.data, requester: { name: [mark.name(n)] }, tags: mark.text(n) } }),
  (event, n) => ({
    ...event,
    data: Object.fromEntries([['__proto__', { x: mark.text(n) }], ...Object.entries(event.data)]),
  }),
  (_, n) => mark.text(n),
];

/** Each type of event with each flaw. */
export function flawedEvents(segment: string, n: number, time = someDay): unknown[] {
  return markedEvents(segment, n, time).flatMap((event, at) =>
    flaws.map((flaw) => flaw({ ...event, id: `${event.id}-bad-${at}` }, n)),
  );
}

/** Bytes that cannot be read as events at all. */
export function unreadableBytes(n: number): Buffer[] {
  return [
    Buffer.from(`${mark.text(n)} is not JSON`),
    Buffer.concat([Buffer.from(JSON.stringify(mark.text(n))), Buffer.of(0xff, 0xfe)]),
    Buffer.from(JSON.stringify({ padding: mark.text(n).padEnd(1_060_000, ` ${mark.text(n)}`) })),
  ];
}
