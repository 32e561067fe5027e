export function runCommand(
  command: string[],
  options?: { cwd?: string; env?: NodeJS.ProcessEnv; show?: boolean; patient?: boolean },
): Promise<{ code: number; output: string }>;
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
