import { expect, it } from 'vitest';
import { splitStatements } from './split-statements.ts';

it('splits at semicolons outside quotes and drops comments', () => {
  expect(splitStatements("-- one; two\nSELECT ';', 'it''s; -- no';\n\nSELECT 1 - 2; -- end")).toEqual([
    "SELECT ';', 'it''s; -- no'",
    'SELECT 1 - 2',
  ]);
});
