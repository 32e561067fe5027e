import type { FlowStream } from '@deskwire/contracts/flow';
import { streams as names } from '@deskwire/contracts/subjects';

/** "1 message waits", "3 messages wait": what people read says one of one. */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What a stream no longer had when its reader came. */
export const lostWords = (count: number): string =>
  counted(count, 'message was gone before it could be read', 'messages were gone before they could be read');

/** What arrived, and of which nothing was stored nor found to be lost: of which feed, since whose it was is not known. Undefined where nothing is. */
export function unstoredWords(streams: readonly Pick<FlowStream, 'stream' | 'missing'>[]): string | undefined {
  const short = streams.filter(({ missing }) => missing > 0);
  if (short.length === 0) return undefined;
  const messages = short.map(({ stream, missing }) => `${counted(missing, 'message', 'messages')} ${feedOf(stream)}`);
  const total = short.reduce((sum, { missing }) => sum + missing, 0);
  return `${messages.join(' and ')} ${total === 1 ? 'has arrived but is' : 'have arrived but are'} not stored, and nothing says why`;
}

/** Messages are whole, but what was stored of them is not. */
export const unbalancedWords = (stream: string): string =>
  `the messages ${feedOf(stream)} brought another number of events than are stored`;

/** What a stream brings; its name is where an administrator finds it. */
const feedOf = (stream: string) => `${feeds.get(stream) ?? 'of a stream'} (${stream})`;
const feeds = new Map<string, string>([
  [names.events, 'from the sources'],
  [names.tickets, 'about changes of tickets'],
]);
