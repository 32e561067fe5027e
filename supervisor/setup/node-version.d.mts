export function requireNodeVersion(version: string, range: string): void;
