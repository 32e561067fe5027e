/**
 * Failed sign-ins per address: `blocked` after `failuresMax` within `windowMs`. Successes cost nothing and loopback is
 * spared, so that neither an office behind one address nor a script on the machine is locked out by its own use.
 * Holds at most `addressesMax` addresses; when full, the oldest is forgotten.
 */
export function createSignInLimit({
  failuresMax = 10,
  windowMs = 60_000,
  addressesMax = 10_000,
  now,
}: {
  failuresMax?: number;
  windowMs?: number;
  addressesMax?: number;
  /** Monotonic, ms. */
  now: () => number;
}): SignInLimit {
  const failures = new Map<string, { count: number; since: number }>();

  function current(address: string): { count: number; since: number } | undefined {
    const entry = failures.get(address);
    if (entry !== undefined && now() - entry.since < windowMs) return entry;
    failures.delete(address);
    return undefined;
  }

  return {
    blocked: (address) => (current(addressGroup(address))?.count ?? 0) >= failuresMax,
    failed: (address) => {
      if (isLoopback(address)) return;
      const group = addressGroup(address);
      const entry = current(group) ?? { count: 0, since: now() };
      entry.count += 1;
      failures.set(group, entry);
      const oldest = failures.size > addressesMax ? failures.keys().next().value : undefined;
      if (oldest !== undefined) failures.delete(oldest);
    },
    forgive: (address) => {
      const entry = current(addressGroup(address));
      if (entry !== undefined) entry.count -= 1;
    },
  };
}

export interface SignInLimit {
  blocked: (address: string) => boolean;
  failed: (address: string) => void;
  /** Takes one failure back: of an attempt that was counted while its password was still being checked. */
  forgive: (address: string) => void;
}

/** Also as uWebSockets.js writes it: all eight groups of four digits. */
export function isLoopback(address: string): boolean {
  return /^(::1|(0000:){7}0001|(::ffff:|(0000:){5}ffff:)?(127\.\d+\.\d+\.\d+|7f[0-9a-f]{2}:[0-9a-f]{4}))$/i.test(
    address,
  );
}

/** One person holds a whole IPv6 /64, so that is what is counted. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':') || /^(0000:){5}ffff:/i.test(address)) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  while (tail !== undefined && groups.length < 4) groups.push('0');
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}
