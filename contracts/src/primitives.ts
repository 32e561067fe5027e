import { z } from 'zod';

/** RFC 3339 with any offset; Deskwire writes UTC. A date without a time, or a time without a zone, is refused; so is a long fraction. */
export const utcTime = z.iso.datetime({ offset: true }).max(40);

/** A foreign system's id: any text, blank only where CloudEvents would forbid it; 512 characters at most. */
export const idText = z.string().min(1).max(512);

/** `<segment>` or `<segment>/<instance>`, e.g. `zendesk/acme`; the segment is the token of the subject. */
export const sourceText = z
  .string()
  .max(200)
  .regex(
    /^[a-z0-9-]+(?:\/[A-Za-z0-9._~-]+)*$/,
    'lower-case letters, digits and "-", then optional "/parts", e.g. zendesk/acme',
  );

/** Names that a source gives to teams, people, channels: free text, kept as dimensions. */
export const nameText = z.string().min(1).max(200);

/** Free text that a person wrote; the message limit of 1 MiB bounds it. */
export const freeText = z.string();
