export const services: string[];
