import { SetUpError } from './set-up-error.mjs';

/**
 * Throws SetUpError when this Node is outside `range`, which reads like `>=20.19.0 <21`.
 * @param {string} version like 20.19.0
 * @param {string} range
 */
export function requireNodeVersion(version, range) {
  const fits = range.split(' ').every((bound) => {
    const [, operator, limit = ''] = /^(>=|<)(.*)$/.exec(bound) ?? [];
    return operator === '>=' ? compare(version, limit) >= 0 : compare(version, limit) < 0;
  });
  if (!fits)
    throw new SetUpError(
      `Deskwire needs Node.js ${range}, this is ${version}: install it from https://nodejs.org/en/download or with nvm install 20`,
    );
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  const right = b.split('.').map(Number);
  return a
    .split('.')
    .map(Number)
    .reduce((order, part, index) => order || part - (right[index] ?? 0), 0);
}
