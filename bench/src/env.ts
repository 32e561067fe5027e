import { parseEnv } from '@deskwire/runtime/env';
import { z } from 'zod';

/** What a process of the measurement was given by the one that started it. Throws EnvError. */
export function readChildEnv<Shape extends z.ZodRawShape>(shape: Shape): z.infer<z.ZodObject<Shape>> {
  return parseEnv(shape, process.env);
}

const machineEnv = { PATH: z.string().optional(), CHROMIUM_PATH: z.string().default('/usr/bin/chromium') };

/** Where programs are on this machine. */
export const readMachineEnv = () => parseEnv(machineEnv, process.env);
