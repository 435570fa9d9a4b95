import Bean from '@lucide/svelte/icons/bean';
import Carrot from '@lucide/svelte/icons/carrot';
import Cherry from '@lucide/svelte/icons/cherry';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import Droplet from '@lucide/svelte/icons/droplet';
import Egg from '@lucide/svelte/icons/egg';
import Fish from '@lucide/svelte/icons/fish';
import Flower from '@lucide/svelte/icons/flower';
import Handshake from '@lucide/svelte/icons/handshake';
import Leaf from '@lucide/svelte/icons/leaf';
import Milk from '@lucide/svelte/icons/milk';
import MilkOff from '@lucide/svelte/icons/milk-off';
import Moon from '@lucide/svelte/icons/moon';
import Nut from '@lucide/svelte/icons/nut';
import Salad from '@lucide/svelte/icons/salad';
import Shell from '@lucide/svelte/icons/shell';
import Shrimp from '@lucide/svelte/icons/shrimp';
import Sprout from '@lucide/svelte/icons/sprout';
import Star from '@lucide/svelte/icons/star';
import Vegan from '@lucide/svelte/icons/vegan';
import Wheat from '@lucide/svelte/icons/wheat';
import WheatOff from '@lucide/svelte/icons/wheat-off';
import Wine from '@lucide/svelte/icons/wine';
import type { Component } from 'svelte';
import type { Allergen, Diet } from '../../api/types.ts';

export type Icon = Component<{ size?: string | number; 'aria-hidden'?: 'true' }>;

/** A picture for each, beside its word. */
export const allergenIcons: Readonly<Record<Allergen, Icon>> = {
  gluten: Wheat,
  crustaceans: Shrimp,
  eggs: Egg,
  fish: Fish,
  peanuts: Bean,
  soy: Sprout,
  milk: Milk,
  nuts: Nut,
  celery: Carrot,
  mustard: Droplet,
  sesame: Cherry,
  sulphites: Wine,
  lupin: Flower,
  molluscs: Shell,
};
export const dietIcons: Readonly<Record<Diet, Icon>> = {
  vegan: Vegan,
  vegetarian: Salad,
  'gluten-free': WheatOff,
  'lactose-free': MilkOff,
  organic: Leaf,
  'fair-trade': Handshake,
  halal: Moon,
  kosher: Star,
};
export const allergens = Object.keys(allergenIcons) as Allergen[];
export const diets = Object.keys(dietIcons) as Diet[];
export const containsIcon = CircleAlert;
