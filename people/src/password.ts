import { hash, verify } from '@node-rs/argon2';

/** OWASP's choice for argon2id (the library's default kind): 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

const passwordLengthMin = 12;
const passwordLengthMax = 200;

/** argon2id in PHC form, with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), cost);
}

/** Whether a password is the one; takes the same time when there is none to compare with. */
export async function isPasswordOf(kept: string | undefined, password: string): Promise<boolean> {
  const right = await verify(kept ?? nobodys, password.normalize('NFKC').slice(0, 4 * passwordLengthMax));
  return right && kept !== undefined;
}

/** What is wrong with a new password, as a sentence; undefined when it will do. */
export function passwordProblem(password: string, { email }: { email: string }): string | undefined {
  if (password.length < passwordLengthMin)
    return `Use at least ${passwordLengthMin} characters; several words will do.`;
  if (password.length > passwordLengthMax) return `Use at most ${passwordLengthMax} characters.`;
  const plain = password.toLowerCase();
  const mailbox = email.split('@', 1)[0] ?? '';
  if (plain.includes(email) || (mailbox.length > 3 && plain.replace(mailbox, '').length < 8)) {
    return 'It consists of the e-mail address: others would try that first.';
  }
  if (new Set(plain).size < 5) return 'It repeats the same few characters: use several words.';
  return undefined;
}

/** The form of a hash, and the hash of no password: somebody unknown costs as much time as somebody known. */
const nobodys = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;
