import { isStoopError } from '../platform/errors.ts';

/** After sysexits.h, so that scripts and systemd can tell what happened. */
export const exit = {
  ok: 0,
  /** Something is wrong with the building: `doctor` found a failure, a check did not pass. */
  failed: 1,
  /** Not a command, or not its options. */
  usage: 64,
  /** A file that is damaged, or not what it should be. */
  data: 65,
  /** The file does not exist or cannot be read. */
  noInput: 66,
  /** No hub answers. */
  unavailable: 69,
  software: 70,
  /** The disk is full, or a file cannot be written. */
  cantWrite: 73,
  /** Somebody else holds the data folder, or the hub is busy. */
  tryAgain: 75,
  /** The key does not open it, or the file is not for this user. */
  noPermission: 77,
  config: 78,
} as const;

const byCode: Readonly<Record<string, number>> = {
  bad_request: exit.usage,
  store_newer: exit.data,
  store_unavailable: exit.data,
  disk_full: exit.cantWrite,
  data_in_use: exit.tryAgain,
  busy: exit.tryAgain,
  stopping: exit.tryAgain,
  chain_offline: exit.tryAgain,
  too_many_requests: exit.tryAgain,
  config_invalid: exit.config,
  backup_damaged: exit.data,
  wrong_recovery_key: exit.noPermission,
  wrong_recovery_code: exit.noPermission,
  not_allowed: exit.noPermission,
};

/** A command's own end: what to say and with which code. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (isStoopError(error)) return byCode[error.code] ?? exit.failed;
  const { code } = error as { code?: string };
  if (code === 'ENOENT') return exit.noInput;
  if (code === 'EACCES' || code === 'EPERM') return exit.noPermission;
  if (code === 'ENOSPC' || code === 'EROFS') return exit.cantWrite;
  return exit.software;
}

export const hubDown = (): CliError =>
  new CliError('No hub answers on this data folder. Start it, or name the folder with --data.', exit.unavailable);
