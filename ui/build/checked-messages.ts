import type { Plugin } from 'vite';
import { checkMessages } from '../check-messages.ts';

/** Fails the build while a sentence is missing in one of the languages or stands outside the catalogue. */
export function checkedMessages(): Plugin {
  return {
    name: 'stoop-checked-messages',
    apply: 'build',
    async buildStart() {
      const findings = await checkMessages();
      if (findings.length > 0) this.error(`messages:\n  ${findings.join('\n  ')}`);
    },
  };
}
