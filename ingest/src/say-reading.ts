/**
 * Says of a session that it reads: at once, or, where the one before it broke, once it has stored something or has read for `trialMs`. A feed
 * that fails again and again would be ready at the beginning of every attempt; one whose statements hang has not begun to read.
 */
export function sayReading(
  say: () => void,
  { afterFailure, trialMs }: { afterFailure: boolean; trialMs: number },
): { began: () => void; stored: () => void; ended: () => { hasProven: boolean } } {
  let said = false;
  let hasProven = false;
  let trial: ReturnType<typeof setTimeout> | undefined;
  const once = () => {
    if (!said) say();
    said = true;
  };
  const prove = () => {
    hasProven = true;
    once();
  };
  if (!afterFailure) once();
  return {
    began: () => (trial = setTimeout(prove, trialMs)),
    stored: prove,
    ended: () => {
      clearTimeout(trial);
      return { hasProven };
    },
  };
}
