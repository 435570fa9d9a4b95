import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { arch, cpus, freemem, loadavg, platform, release, totalmem, uptime } from 'node:os';
import { join } from 'node:path';
import { createReader, openReader } from '../store/index.ts';
import { checkDatabase, databases, freeBytes } from './data-folder.ts';
import { lastLines } from './log-file.ts';
import { logFileOf } from './logs.ts';

const logLines = 1000;

export function describeStore(dataDir: string): object {
  const described = Object.values(databases).map((name) => {
    const path = join(dataDir, name);
    if (!existsSync(path)) return [name, undefined] as const;
    return [name, { ...checkDatabase(path), rows: rowCounts(path) }] as const;
  });
  return Object.fromEntries(described);
}

/** How many rows every table has; what is in them stays there. */
function rowCounts(path: string): Record<string, number> | string {
  try {
    const db = openReader(path);
    try {
      const reader = createReader(db);
      const tables = reader
        .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
        .all<{ name: string }>();
      const counts = tables.map(({ name }) => {
        const { count } = reader.prepare(`SELECT COUNT(*) AS count FROM "${name}"`).get<{ count: number }>()!;
        return [name, count] as const;
      });
      return Object.fromEntries(counts);
    } finally {
      db.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function describeDisk(dataDir: string): object {
  const entries = readdirSync(dataDir, { withFileTypes: true }).map((entry) => {
    const { size, mode, mtimeMs } = statSync(join(dataDir, entry.name));
    return {
      name: entry.name,
      isFolder: entry.isDirectory(),
      bytes: size,
      mode: (mode & 0o777).toString(8),
      changedAtMs: Math.floor(mtimeMs),
    };
  });
  return { freeBytes: freeBytes(dataDir), entries };
}

export function describeBoard(): object {
  return {
    platform: platform(),
    release: release(),
    arch: arch(),
    model: textIn('/proc/device-tree/model') ?? cpus()[0]?.model,
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
    memoryFreeBytes: freemem(),
    load: loadavg(),
    upSeconds: Math.floor(uptime()),
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(textIn('/etc/os-release') ?? '')?.[1],
    tegra: textIn('/etc/nv_tegra_release')?.split('\n')[0],
    hottestC: hottestC(),
  };
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', '').trim();
  } catch {
    return undefined;
  }
}

function hottestC(): number | undefined {
  const folder = '/sys/class/thermal';
  if (!existsSync(folder)) return undefined;
  const zones = readdirSync(folder).filter((name) => name.startsWith('thermal_zone'));
  const temperatures = zones.map((name) => Number(textIn(join(folder, name, 'temp')))).filter(Number.isFinite);
  return temperatures.length > 0 ? Math.max(...temperatures) / 1000 : undefined;
}

export function describeLog(dataDir: string): string[] {
  const path = logFileOf(dataDir);
  return existsSync(path) ? lastLines(path, logLines) : [];
}
