export const services: string[];
export function buildServices(root: string): Promise<void>;
