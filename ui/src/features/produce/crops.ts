/** A crop with its names and the picture that the page ships. */
export interface Crop {
  readonly id: string;
  readonly crop: string;
  readonly cropEs: string;
  readonly picture: string;
}

const crop = (id: string, name: string, nameEs: string, picture: string): Crop => ({
  id,
  crop: name,
  cropEs: nameEs,
  picture,
});

/** What mostly grows here; anything else is written in. */
export const crops: readonly Crop[] = [
  crop('lettuce', 'Lettuce', 'Lechuga', 'greens'),
  crop('kale', 'Kale', 'Col rizada', 'greens'),
  crop('basil', 'Basil', 'Albahaca', 'greens'),
  crop('cilantro', 'Cilantro (coriander)', 'Cilantro', 'greens'),
  crop('tomatoes', 'Tomatoes', 'Tomates', 'tomatoes'),
];
