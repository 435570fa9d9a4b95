import { type Static, Type } from '@sinclair/typebox';

const strict = { additionalProperties: false };
const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const Micros = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });
const Host = Type.String({ minLength: 1, maxLength: 255 });
const Path = Type.String({ minLength: 1, maxLength: 4096 });
const Address = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' });
const Name = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' });

const Mail = Type.String({ pattern: '^[^\\s<>@]+@[^\\s<>@]+$', maxLength: 254 });
const Language = Type.Union([Type.Literal('en'), Type.Literal('es')]);

/** All of `stoop.toml`, and by the same names (`STOOP_HTTP_PORT`) all of the environment. */
export const Config = Type.Object(
  {
    dataDir: Path,
    logLevel: Type.Union(['debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level))),
    building: Type.Object({ name: Type.String({ minLength: 1, maxLength: 80 }), mdnsName: Name }, strict),
    http: Type.Object({ host: Host, port: Port }, strict),
    https: Type.Object(
      {
        isEnabled: Type.Boolean(),
        host: Host,
        port: Port,
        names: Type.Array(Host),
        certFile: Type.Optional(Path),
        keyFile: Type.Optional(Path),
      },
      strict,
    ),
    mqtt: Type.Object({ isEnabled: Type.Boolean(), host: Host, port: Port }, strict),
    chain: Type.Object(
      {
        isEmbedded: Type.Boolean(),
        chainId: Type.Integer({ minimum: 1 }),
        /** In order of preference; the next serves while one does not. `rpcUrl = "…"` is read as a list of one. */
        rpcUrls: Type.Array(Type.String({ pattern: '^https?://[^/]' }), { maxItems: 8 }),
        /** An endpoint whose newest block is older stands still, and the next one serves; 0: the chain mines on demand. */
        staleAfterMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
        deploymentFile: Type.Optional(Path),
        clearing: Type.Optional(Address),
        pollMs: Type.Integer({ minimum: 50, maximum: 3_600_000 }),
        /** Multiplies how long intents may wait for company and a cheap hour; 1, and 0 on an embedded chain. */
        patience: Type.Optional(Type.Number({ minimum: 0, maximum: 10 })),
        /** What one item may cost; a dearer batch waits as long as its lane is patient. */
        itemCostCeilingWei: Type.Optional(Type.String({ pattern: '^[0-9]{1,30}$' })),
        /** What gas may cost in 24 hours, in the chain's smallest coin; beyond it only what the treasurer presses leaves. */
        dailySpendCapWei: Type.Optional(Type.String({ pattern: '^[0-9]{1,30}$' })),
      },
      strict,
    ),
    officers: Type.Object(
      {
        minters: Type.Array(Address),
        attestors: Type.Array(Address),
        certifiers: Type.Array(Address),
        stewards: Type.Array(Address),
        /** Keys that lie on the hub, under a passphrase: the demonstration's chain only. */
        keystore: Type.Optional(Path),
        /** How long one passphrase opens them. */
        unlockMinutes: Type.Integer({ minimum: 1, maximum: 240 }),
        /** Opens them at start and keeps them open: tests and drills. */
        passphraseFile: Type.Optional(Path),
      },
      strict,
    ),
    /** Letters to officers; without it the hub writes to nobody. */
    mail: Type.Optional(
      Type.Object(
        {
          host: Host,
          port: Port,
          /** By default TLS on port 465, and STARTTLS on every other. */
          security: Type.Optional(Type.Union([Type.Literal('tls'), Type.Literal('starttls'), Type.Literal('none')])),
          user: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
          passwordFile: Type.Optional(Path),
          caFile: Type.Optional(Path),
          from: Mail,
          readers: Type.Array(
            Type.Object(
              {
                address: Mail,
                office: Type.Union([Type.Literal('treasurer'), Type.Literal('maintainer')]),
                language: Language,
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
    /** Who is told by HTTP; no other address is ever called. */
    webhooks: Type.Array(
      Type.Object({ name: Name, url: Type.String({ pattern: '^https?://' }), secretFile: Path }, strict),
    ),
    /** What the treasurer may give back to members after the fact, in micro-units. */
    corrections: Type.Object({ maxMicros: Micros, perDayMicros: Micros, secondAboveMicros: Micros }, strict),
    demo: Type.Object({ isEnabled: Type.Boolean(), file: Type.Optional(Path) }, strict),
  },
  strict,
);
export type Config = Static<typeof Config>;

/** What a building has that says nothing. A real one gives at least its name and its chain. */
export const defaults: Config = {
  dataDir: 'data',
  logLevel: 'info',
  building: { name: 'Stoop', mdnsName: 'stoop' },
  // Beyond loopback plain HTTP serves only the page by which a phone comes to trust the hub.
  http: { host: '0.0.0.0', port: 8080 },
  https: { isEnabled: true, host: '0.0.0.0', port: 8443, names: [] },
  mqtt: { isEnabled: true, host: '0.0.0.0', port: 1883 },
  chain: { isEmbedded: false, chainId: 314, rpcUrls: [], pollMs: 5000 },
  officers: { minters: [], attestors: [], certifiers: [], stewards: [], unlockMinutes: 15 },
  webhooks: [],
  corrections: { maxMicros: 100_000_000, perDayMicros: 500_000_000, secondAboveMicros: 25_000_000 },
  demo: { isEnabled: false },
};

/** Twenty epochs of Filecoin; other chains move faster. */
export const defaultStaleAfterMs = 600_000;
/** The chain that the demonstration runs on, by whatever line it is reached. */
export const simulatorChainId = 31999;

/** Blocks come when somebody sends something: their age tells nothing. */
const minesOnDemand = ({ chain }: Config): boolean => chain.isEmbedded || chain.chainId === simulatorChainId;

/** How old an endpoint's newest block may be; 0: its age tells nothing. */
export const staleAfterMsOf = (config: Config): number =>
  config.chain.staleAfterMs ?? (minesOnDemand(config) ? 0 : defaultStaleAfterMs);

/** What the lanes' longest waits are multiplied by: nobody waits for a cheap hour on a simulator. */
export const patienceOf = (config: Config): number => config.chain.patience ?? (minesOnDemand(config) ? 0 : 1);

const weiOf = (text: string | undefined) => (text === undefined ? undefined : BigInt(text));
/** What may be spent on gas in 24 hours; undefined: no cap. */
export const dailyCapOf = ({ chain }: Config): bigint | undefined => weiOf(chain.dailySpendCapWei);
/** What one item may cost while nobody is in a hurry; undefined: anything. */
export const itemCeilingOf = ({ chain }: Config): bigint | undefined => weiOf(chain.itemCostCeilingWei);
