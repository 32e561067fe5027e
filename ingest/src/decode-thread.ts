import { parentPort } from 'node:worker_threads';
import { parseEnv } from '@deskwire/runtime/env';
import { openIndexes } from '@deskwire/vault/indexes';
import { masterKeyEnv } from '@deskwire/vault/env';
import { draftOf } from './draft.ts';
import { unpackMessages, type PackedMessages } from './packed-messages.ts';

// The thread that reads events: chunks of messages come in, drafts of rows go out, in order. It opens no connection and makes no key.
const { blindIndex, contentHash } = openIndexes(parseEnv(masterKeyEnv, process.env).MASTER_KEY);
const reader = { blind: blindIndex, keyedHash: contentHash };

parentPort?.on('message', (packed: PackedMessages) => {
  const draft = draftOf(unpackMessages(packed), reader);
  const { bytes, ends, hashes, loose } = draft;
  parentPort?.postMessage(draft, [bytes.buffer, ends.buffer, hashes.buffer, loose.buffer]);
});
