import { createContext } from 'svelte';
import type { HubLink } from '$lib/live/hub-link';

/** The way to the hub that all feeds of a page share; the shell sets it. */
export const [hubContext, setHubContext] = createContext<HubLink>();
