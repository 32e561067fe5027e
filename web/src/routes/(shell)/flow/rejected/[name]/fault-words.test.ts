import { expect, it } from 'vitest';
import { faultWords } from './fault-words';

const detail = 'data.status: Invalid option: expected one of "new"|"open"';
const event = (data: object) => JSON.stringify({ id: '1', data });

it('says the value that is none of the list, instead of the list that stands beside it', () => {
  expect(faultWords(detail, event({ status: 'unheard of' }))).toBe('data.status is "unheard of"');
  expect(faultWords('data.priority: Invalid option', event({ priority: 3 }))).toBe('data.priority is 3');
  expect(faultWords(detail, event({ status: null }))).toBe('data.status is null');
});

it('keeps what the check says where there is no such value, or the fault is another', () => {
  for (const text of [event({}), '{"id":', '[]', 'null', '""']) expect(faultWords(detail, text)).toBe(detail);
  const other = 'data.created_at: Invalid ISO datetime';
  expect(faultWords(other, event({ created_at: 'soon' }))).toBe(other);
});
