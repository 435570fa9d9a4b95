import type { Command, HubCommand, Outcome } from './command.ts';
import { CliError, exit } from './exit-codes.ts';
import { askRoute } from './routes.ts';

export const claimCode: HubCommand<{ code?: string }> = {
  name: 'claim',
  run: async ({ members }) => ({ code: await members.claimCode() }),
};

interface KioskCode {
  readonly code: string;
  readonly expiresAtMs: number;
}

export const kioskCode: HubCommand<KioskCode> = {
  name: 'claim kiosk',
  run: (building) => askRoute(building, 'POST', '/api/kiosk-codes'),
};

export const claim: Command = {
  name: 'claim',
  argument: '[kiosk]',
  summary: 'print the code that makes the first member; with “kiosk” the code that approves a lobby screen',
  async run({ ask }, { kiosk }) {
    if (kiosk === undefined) return claimHub(await ask(claimCode));
    if (kiosk !== 'kiosk') throw new CliError(`claim: “${kiosk}” is not “kiosk”.`, exit.usage);
    const made = await ask(kioskCode);
    const minutes = Math.round((made.expiresAtMs - Date.now()) / 60_000);
    return {
      value: made,
      lines: [`Kiosk code: ${made.code}`, `Type it at the lobby screen within ${minutes} minutes.`],
    };
  },
};

function claimHub({ code }: { code?: string }): Outcome {
  if (!code) return { value: { isClaimed: true }, lines: ['This hub has members already; there is no claim code.'] };
  return {
    value: { isClaimed: false, code },
    lines: [`Claim code: ${code}`, 'Open the hub’s page and type it to become the first member.'],
  };
}
