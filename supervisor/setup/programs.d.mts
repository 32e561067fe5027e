export interface Program {
  title: string;
  names: string[];
  packages: Record<string, string>;
  byHand: string;
}
export interface System {
  find: (names: string[]) => string | undefined;
  isRoot: boolean;
  sudo: () => Promise<boolean>;
  run: (command: string[]) => Promise<{ code: number; output: string }>;
}
export const natsServer: Program;
export function requireProgram(program: Program, say: (line: string) => void, system?: System): Promise<string>;
export function installCommands(program: Program, system: System): Promise<string[][] | undefined>;
