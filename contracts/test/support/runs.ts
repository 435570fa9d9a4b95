/** A whole number of at least 1 from the environment, undefined when it is not set. Throws when it is something else. */
function fromEnvironment(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name}: must be a whole number of at least 1, not ${text}`);
  return Number(text);
}

/** How many times as much as usual is tried: `npm run test:contracts:deep` sets STOOP_DEPTH to 50. */
export const depth = fromEnvironment('STOOP_DEPTH') ?? 1;

/** How often something random is tried, as deep as this run goes: `fc.assert(property, { numRuns: runs(40) })`. */
export const runs = (usual: number): number => usual * depth;

/** How many steps a reference model walks: STOOP_MODEL_STEPS when set, else as deep as this run goes. */
export const modelSteps = (usual: number): number => fromEnvironment('STOOP_MODEL_STEPS') ?? runs(usual);
