// The house in one table: who stands on whom, whose library is whose. The rule reads it; change the house here.

/** Rooms of hub/src from the ground up. A room may import rooms of lower floors only. */
export const floors: readonly (readonly string[])[] = [
  ['platform'],
  ['store', 'signing', 'config'],
  ['journal', 'outbox'],
  ['modules'],
  ['broker', 'web', 'chain', 'carriers', 'archive', 'infer', 'mesh', 'cli'],
  ['compose', 'timetable'],
  ['hub'],
  ['main'],
];

/** Neighbours on one floor that may meet; the cycle rule keeps them from meeting twice. */
export const neighbours: readonly (readonly [from: string, to: string])[] = [['compose', 'timetable']];

/** Rooms whose importers are named, instead of every higher floor: settings are handed over, not fetched. */
export const importersOf: Readonly<Record<string, readonly string[]>> = {
  config: ['cli', 'compose', 'timetable', 'hub', 'main'],
};

/** A module imports only modules of a higher rank, which is a lower number. */
export const ranks: Readonly<Record<string, number>> = {
  members: 1,
  treasury: 2,
  offices: 2,
  limits: 2,
  suppliers: 2,
  garden: 2,
  prices: 2,
  credits: 2,
  orders: 3,
  transfers: 3,
  redemptions: 3,
  produce: 3,
  media: 3,
  governance: 3,
  corrections: 4,
  forecast: 4,
  creators: 4,
  access: 4,
  market: 5,
  revenue: 5,
  community: 5,
  pilot: 6,
  notices: 7,
  demo: 8,
};

/** Where each library lives; `*` is everywhere in hub/src. A library that is not listed has no room yet. */
export const libraries: readonly (readonly [library: string, rooms: readonly string[]])[] = [
  ['fastify', ['web']],
  ['@fastify/*', ['web']],
  ['@peculiar/x509', ['web']],
  ['multicast-dns', ['web']],
  ['ajv', ['web']],
  ['aedes', ['broker']],
  ['aedes-persistence', ['broker']],
  ['mqtt-packet', ['broker']],
  ['ethers', ['chain']],
  ['hardhat', ['chain']],
  ['@stoop/contracts', ['chain', 'cli']],
  ['node-cron', ['timetable']],
  ['better-sqlite3', ['store']],
  ['libp2p', ['mesh']],
  ['@libp2p/*', ['mesh']],
  ['onnxruntime-node', ['infer']],
  ['pino', ['platform']],
  ['piscina', ['platform']],
  ['commander', ['cli']],
  ['smol-toml', ['config']],
  ['@noble/curves', ['signing']],
  ['@noble/hashes', ['signing']],
  ['nodemailer', ['carriers']],
  ['qrcode', ['modules/members', 'cli']],
  ['csv-parse', ['modules/treasury', 'modules/suppliers']],
  ['fflate', ['modules/suppliers']],
  ['saxes', ['modules/suppliers']],
  ['pdfkit', ['modules/treasury']],
  ['@sinclair/typebox', ['*']],
  ['uuid', ['*']],
];

/** Files of hub/src that may touch `process`: where a process begins. */
export const beginsAProcess = /^(main|cli\/main|.+\.(child|worker))\.ts$/;

/** Files of hub/src that import what they are told, and why that is sound. */
export const computedImports: Readonly<Record<string, string>> = {};

/** A file is thought over again at the first figure and split at the second. */
export const lines = { thinkAgain: 250, most: 400 };
