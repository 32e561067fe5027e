/** A text of a form, without blanks around it; '' when it is absent, a file, or longer than 1,000 characters. */
export function field(form: FormData, name: string): string {
  return secretField(form, name).trim();
}

/** The same exactly as it was typed: blanks are part of a password. */
export function secretField(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' && value.length <= 1_000 ? value : '';
}
