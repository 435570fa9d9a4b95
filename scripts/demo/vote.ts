import type { NewProposal } from '../../hub/src/modules/governance/index.ts';

/** What the demonstration building is deciding. */
export const vote: NewProposal = {
  kind: 'text',
  title: 'A bench and a second rain barrel for the roof garden',
  titleEs: 'Un banco y un segundo barril de lluvia para el huerto de la azotea',
  text: 'The gardeners carry water up in August, and nobody can sit down.\nWe build both ourselves on a Saturday in spring.',
  openForDays: 7,
};
