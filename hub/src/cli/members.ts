import type { Command, HubCommand } from './command.ts';
import { askRoute } from './routes.ts';
import { table } from './text.ts';

interface Member {
  readonly seat: number;
  readonly name: string;
  readonly roles: readonly string[];
  readonly dwelling?: string;
  readonly isOnChain: boolean;
}

const pageSize = 500;

export const listMembers: HubCommand<{ items: Member[] }> = {
  name: 'members',
  async run(building) {
    const items: Member[] = [];
    let after: number | undefined;
    do {
      const query = { limit: pageSize, ...(after !== undefined && { after }) };
      const page = await askRoute<{ items: Member[]; next?: string }>(building, 'GET', '/api/members', query);
      items.push(...page.items);
      after = page.next === undefined ? undefined : Number(page.next);
    } while (after !== undefined);
    return { items };
  },
};

export const members: Command = {
  name: 'members',
  summary: 'everybody who holds a seat, and their offices',
  more: 'Offices are given on the board’s page, never here.',
  async run({ ask }) {
    const value = await ask(listMembers);
    const rows = value.items.map(({ seat, name, dwelling = '', roles, isOnChain }) => [
      String(seat),
      name,
      dwelling,
      roles.join(', '),
      isOnChain ? 'yes' : 'not yet',
    ]);
    if (rows.length === 0) return { value, lines: ['Nobody yet. “stoop claim” prints the code for the first member.'] };
    return { value, lines: table(['seat', 'name', 'home', 'offices', 'recorded'], rows) };
  },
};
