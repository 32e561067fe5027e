/** "1 message waits", "3 messages wait": what people read says one of one. */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What a stream no longer had when its reader came. */
export const lostWords = (count: number): string =>
  counted(count, 'message was gone before it could be read', 'messages were gone before they could be read');
