/**
 * A text of a form, without blanks around it; '' when it is absent, a file, or longer than `lengthMax` characters. Where nothing means
 * something (no teams), it is read whole, and what is too much is refused by whoever reads it.
 */
export function field(form: FormData, name: string, lengthMax = 1_000): string {
  return text(form, name, lengthMax).trim();
}

/** The same exactly as it was typed: blanks are part of a password. */
export function secretField(form: FormData, name: string): string {
  return text(form, name, 1_000);
}

function text(form: FormData, name: string, lengthMax: number): string {
  const value = form.get(name);
  return typeof value === 'string' && value.length <= lengthMax ? value : '';
}
