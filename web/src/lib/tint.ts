import { prefersReducedMotion } from 'svelte/motion';
import type { TransitionConfig } from 'svelte/transition';

/** A value that has changed is tinted for a moment; nothing moves. */
export const tint: (node: Element) => TransitionConfig = () => ({
  duration: prefersReducedMotion.current ? 0 : 900,
  css: (_done, left) =>
    `background-color: color-mix(in oklab, var(--color-accent) ${Math.round(24 * left)}%, transparent)`,
});
