import { readFileSync } from 'node:fs';

/** A secret that lies in a file of its own; read at each use, so that a new one counts without a restart. */
export interface SecretFile {
  /** The text without the line end. Throws when it cannot be used. */
  read(): string;
  /** What is wrong with it, for people; never the secret. */
  problem(): string | undefined;
}

/** `key` is what the settings call it; it must hold at least `atLeast` characters. */
export function createSecretFile(path: string, key: string, atLeast: number): SecretFile {
  function read(): string {
    const text = readFileSync(path, 'utf8').trim();
    if (text.length < atLeast) throw new Error(`must hold at least ${atLeast} characters`);
    return text;
  }
  return {
    read,
    problem() {
      try {
        read();
        return undefined;
      } catch (error) {
        return `${key}: ${error instanceof Error && 'code' in error ? 'cannot be read' : (error as Error).message}`;
      }
    },
  };
}
