import type { PaletteEntry } from './palette-entry';

/** How well an entry answers what was typed, 0..1; 0 is not at all. Every word typed has to begin one of its words, in any order. */
export function matchEntry(
  { word, group, keywords = [] }: Pick<PaletteEntry, 'word' | 'group' | 'keywords'>,
  typed: string,
): number {
  const wanted = wordsOf(typed);
  const own = wordsOf(word);
  const others = [group, ...keywords].flatMap(wordsOf);
  const scores = wanted.map((part): number => {
    const place = own.findIndex((each) => each.startsWith(part));
    if (place >= 0) return place === 0 ? 1 : 0.8;
    return others.some((each) => each.startsWith(part)) ? 0.5 : 0;
  });
  if (scores.length === 0) return 1;
  return scores.some((score) => score === 0) ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Lower case and without accents: "Équipe 2" is found by "equipe". */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}
