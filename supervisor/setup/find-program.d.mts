export function findProgram(names: string[], path?: string): string | undefined;
