/**
 * Loads a module of schemas once zod is there: evaluated together they are one task, in which a phone answers nobody for a tenth
 * of a second.
 */
export async function afterZod<Module>(load: () => Promise<Module>): Promise<Module> {
  await import('./zod-without-eval');
  return load();
}
