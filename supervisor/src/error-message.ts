/** What an error says, for a line that a person reads. */
export const errorMessage = (error: unknown) => (error instanceof Error ? error.message : String(error));
