/**
 * Says of a session that it reads: at once, or, where the one before it broke, once it has stored something or lived for `trialMs`. A feed that
 * fails again and again would be ready at the beginning of every attempt.
 */
export function sayReading(
  say: () => void,
  { afterFailure, trialMs }: { afterFailure: boolean; trialMs: number },
): { stored: () => void; ended: () => void } {
  let said = false;
  const once = () => {
    if (!said) say();
    said = true;
  };
  const trial = setTimeout(once, trialMs);
  if (!afterFailure) once();
  return { stored: once, ended: () => clearTimeout(trial) };
}
