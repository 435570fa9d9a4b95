/**
 * The secret that belongs to this machine: with the database alone (a stolen backup) nobody can try PINs.
 * A file, a TPM 2 or OP-TEE keeps it; only derived bytes ever leave the provider.
 */
export interface HubSecret {
  /** 32 bytes from the secret, the purpose and the input; the same every time. */
  derive(purpose: string, input: Uint8Array): Promise<Uint8Array>;
}
