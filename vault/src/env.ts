import { z } from 'zod';

/** 32 bytes in base64: the key that wraps every other key. */
export const masterKeyEnv = {
  MASTER_KEY: z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === 32, 'it has to be 32 bytes in base64')
    .transform((text) => Buffer.from(text, 'base64')),
};
