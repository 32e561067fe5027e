import fc from 'fast-check';
import { expect, it } from 'vitest';
import { elementSpans } from './element-spans.ts';

const cut = (text: string) => {
  const bytes = Buffer.from(text);
  return elementSpans(bytes).map(({ start, end }) => bytes.subarray(start, end).toString());
};

it('cuts what JSON.parse reads, each as it was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1 }),
      fc.constantFrom('', ' ', '\n\t'),
      (values, blank) => {
        const texts = values.map((value) => JSON.stringify(value, null, blank === '' ? undefined : 1));
        expect(cut(`${blank}[${texts.map((text) => `${blank}${text}${blank}`).join(',')}]${blank}`)).toEqual(texts);
      },
    ),
  );
});

it('is not misled by what stands in texts, and changes nothing', () => {
  const texts = ['"a,b]\\\\"', '"\\"],["', '1e20', '{"a":[1,{"b":"}"}]}', '"\u00e4,\ud83d\ude00"'];
  expect(cut(`[${texts.join(' , ')}]`)).toEqual(texts);
});

it('does not care how deep they are', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  expect(cut(`[0,${deep}]`)).toEqual(['0', deep]);
});
