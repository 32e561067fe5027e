/** The body of a request; undefined when it is not JSON. Throws what else goes wrong with it: that it is too large is no fault of its form. */
export async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
