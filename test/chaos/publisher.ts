import type { JetStreamClient } from 'nats';
import { chaosMessage, type ChaosMessage, type Variant } from './chaos-event.ts';
import { createMeter } from './meter.ts';
import type { OwnList } from './own-list.ts';
import type { Random } from './random.ts';

export interface PublisherOptions {
  js: JetStreamClient;
  list: OwnList;
  ratePerS: number;
  random: Random;
  clock: () => number;
}

export interface Publisher {
  /** Acknowledged events in the last second. */
  ratePerS: () => number;
  /** Publishes again whatever was not acknowledged until all of it is, and nothing new. */
  pause: () => Promise<void>;
  resume: () => void;
  close: () => void;
}

const tickMs = 10;
/** Events on the way at most: with a broker that is away the publisher waits instead of growing. */
const windowMax = 8_000;
const ackWithinMs = 4_000;
/** Of 1,000 messages: copies of an earlier event, such copies with other content, and bad events. */
const [copies, conflicts, bads, arrays] = [20, 5, 4, 60];

/** Publishes at a steady rate with acknowledgement; what is not acknowledged is published again, so true duplicates arise. */
export function createPublisher({ js, list, ratePerS, random, clock }: PublisherOptions): Publisher {
  const meter = createMeter(clock);
  const again: ChaosMessage[] = [];
  let next = 0;
  let onTheWay = 0;
  let paused = false;
  let closed = false;
  let dueAt = clock();
  const timer = setInterval(tick, tickMs);

  function tick(): void {
    // Behind by more than 100 ms means that this process had no time: the rest is not made up for.
    dueAt = Math.max(dueAt, clock() - 100);
    for (let message = again.shift(); message !== undefined; message = again.shift()) send(message);
    while (!paused && dueAt < clock() && onTheWay < windowMax) {
      const message = compose();
      dueAt += (message.events.length * 1_000) / ratePerS;
      list.offer(message);
      send(message);
    }
    if (paused || onTheWay >= windowMax) dueAt = clock();
  }

  function send(message: ChaosMessage): void {
    onTheWay += message.events.length;
    void js.publish(message.subject, message.bytes, { timeout: ackWithinMs }).then(
      () => {
        if (closed) return;
        onTheWay -= message.events.length;
        list.acknowledge(message);
        meter.add(message.events.length);
      },
      () => {
        onTheWay -= message.events.length;
        again.push(message);
      },
    );
  }

  function compose(): ChaosMessage {
    const dice = random.int(1_000);
    if (dice < copies) {
      const n = random.int(Math.max(next, 1));
      if (list.isAcknowledged(n)) return chaosMessage([{ n, variant: dice < conflicts ? 'other' : 'good' }]);
    } else if (dice < copies + bads) return chaosMessage([{ n: next, variant: 'bad' }]);
    else if (dice < copies + bads + arrays) {
      // One source an array: every second number; the numbers between them follow as single events or stay unused.
      const from = next;
      const count = 2 + random.int(40);
      next += 2 * count;
      const variant = (i: number): Variant => (i === 1 && random.int(10) === 0 ? 'bad' : 'good');
      return chaosMessage(Array.from({ length: count }, (_, i) => ({ n: from + 2 * i, variant: variant(i) })));
    }
    return chaosMessage([{ n: next++, variant: 'good' }]);
  }

  return {
    ratePerS: meter.perSecond,
    pause: async () => {
      paused = true;
      await new Promise<void>((resolve) => {
        const look = setInterval(() => {
          if (onTheWay > 0 || again.length > 0) return;
          clearInterval(look);
          resolve();
        }, tickMs);
      });
    },
    resume: () => (paused = false),
    close: () => {
      closed = true;
      clearInterval(timer);
    },
  };
}
