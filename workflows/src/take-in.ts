import type { Vault } from '@deskwire/vault/vault';
import { epochAt, type EpochRange } from '@deskwire/streams/epochs';
import type { Floor } from './floor.ts';
import type { IdMemory } from './id-memory.ts';
import type { Lanes } from './lanes.ts';
import type { MessageQueue } from './message-queue.ts';
import { readWork, type DeskWork } from './read-work.ts';
import { sealWork } from './seal-work.ts';

export interface TakeInDoors {
  queue: MessageQueue;
  lanes: Lanes;
  floor: Floor;
  epochs: EpochRange[];
  vault: Vault;
  /** Of this session: what is read again in another one is not met twice. */
  ids: IdMemory;
  /** Rejects when the event has to be tried again. */
  apply: (task: ReturnType<DeskWork['finish']>, work: DeskWork) => Promise<void>;
}

const batchMessagesMax = 500;

/** Takes what was read into the lanes, batch by batch, never more messages than the lanes have room for. Always ends by rejecting. */
export async function takeIn({ queue, lanes, floor, epochs, vault, ids, apply }: TakeInDoors): Promise<never> {
  for (;;) {
    const messages = await queue.take(Math.min(batchMessagesMax, await lanes.room()));
    const work = messages.flatMap((message) => {
      const found = readWork(message, epochAt(epochs, message.seq), vault.blindIndex, ids.meet);
      floor.opened(message, found.length);
      return found;
    });
    const tasks = await sealWork(vault, work);
    for (const [i, each] of work.entries()) {
      const makeTask = tasks[i];
      if (makeTask === undefined) continue;
      lanes.add(each.lane, async () => {
        await apply(await makeTask(), each);
        floor.closed(each.position.seq);
      });
    }
  }
}
