import { expect, test } from 'vitest';
import { renderLogins, renderServer } from './nats-config.ts';

test('keeps the encryption key out of the file, and listens where it is told', () => {
  const config = renderServer({ name: 'deskwire-1', host: '127.0.0.1', port: 14_222, dir: '/data/a "b"/nats' });
  expect(config).toContain('key: $DESKWIRE_JETSTREAM_KEY');
  expect(config).toContain('cipher: aes');
  expect(config).toContain('host: "127.0.0.1"');
  expect(config).toContain('store_dir: "/data/a \\"b\\"/nats/jetstream"');
});

test('gives an integration its own subtree and a user name that no service has', () => {
  const text = renderLogins({ services: { web: 'w' }, integrations: { web: { hash: 'h', addedAt: '' } } });
  const block: unknown = JSON.parse(text.slice(text.indexOf('{')));
  const permissions = { publish: { allow: ['events.web.>'] }, subscribe: { allow: ['_INBOX.>'] } };
  expect(block).toMatchObject({ users: [{ user: 'web' }, { user: 'source-web', password: 'h', permissions }] });
});

test('a login without rights is denied everything instead of being allowed everything', () => {
  const text = renderLogins({ services: {}, integrations: {}, canary: { user: 'canary-1', hash: 'h' } });
  expect(text).toContain('"deny"');
  expect(text).not.toContain('"allow"');
});
