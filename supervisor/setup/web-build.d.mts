export function buildWeb(root: string, say: (line: string) => void): Promise<void>;
