import { addressGroup, isLoopback } from '@deskwire/contracts/sign-in-limit';

/** An office behind one address, with many tabs each. */
const connectionsMax = 2_000;

/** Open connections per address; loopback is spared, where proxies and tests live. */
export function createConnectionLimit(max = connectionsMax) {
  const open = new Map<string, number>();
  return {
    /** Counts one more; false when it is one too many. It has to leave all the same. */
    enter(address: string): boolean {
      if (isLoopback(address)) return true;
      const group = addressGroup(address);
      const count = (open.get(group) ?? 0) + 1;
      open.set(group, count);
      return count <= max;
    },
    leave(address: string): void {
      const group = addressGroup(address);
      const count = (open.get(group) ?? 0) - 1;
      if (count > 0) open.set(group, count);
      else open.delete(group);
    },
  };
}
