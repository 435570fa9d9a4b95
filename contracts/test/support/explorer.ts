import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Provider } from 'ethers';

const require = createRequire(import.meta.url);
const solc = require('solc') as { compile(input: string): string; version(): string };

interface Compiled {
  readonly evm: {
    readonly deployedBytecode: {
      object: string;
      immutableReferences?: Record<string, { start: number; length: number }[]>;
    };
  };
}

/** Compiles what was submitted, as it was submitted, and compares it with the code on the chain. The reason why not, or undefined. */
async function whyNot(
  provider: Provider,
  address: string,
  input: { settings: { outputSelection?: unknown } },
  identifier: string,
  compilerVersion: string,
): Promise<string | undefined> {
  if (!solc.version().startsWith(compilerVersion)) return `there is no compiler ${compilerVersion}`;
  // As explorers do: they choose what they want to know.
  input.settings.outputSelection = { '*': { '*': ['evm.deployedBytecode'] } };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    errors?: { severity: string; formattedMessage: string }[];
    contracts?: Record<string, Record<string, Compiled>>;
  };
  const [file, name] = identifier.split(':') as [string, string];
  const made = output.contracts?.[file]?.[name]?.evm.deployedBytecode;
  if (!made) return output.errors?.find((each) => each.severity === 'error')?.formattedMessage ?? `no ${identifier}`;
  const code = Buffer.from((await provider.getCode(address)).slice(2), 'hex');
  for (const { start, length } of Object.values(made.immutableReferences ?? {}).flat())
    code.fill(0, start, start + length);
  return code.toString('hex') === made.object ? undefined : 'the code on the chain is another';
}

/** A place where sources are shown, that believes nothing: it compiles what it is given with the project's own compiler. */
export async function startExplorer(options: { provider: Provider; chainId: number; unknownFor?: number }) {
  const { provider, chainId } = options;
  const verified = new Map<string, string>();
  const jobs: { address: string; error: string | undefined }[] = [];
  const submissions: string[] = [];
  /** It indexes late: the first so many submissions of Blockscout's kind find no contract. */
  let unknownFor = options.unknownFor ?? 0;

  const handle = async (request: IncomingMessage, body: Buffer): Promise<[number, unknown]> => {
    const url = request.url ?? '';
    const blockscout = /^\/api\/v2\/smart-contracts\/(0x\w{40})(\/verification\/via\/standard-input)?$/.exec(url);
    if (blockscout) {
      const address = blockscout[1]!.toLowerCase();
      if (request.method === 'GET') {
        if (unknownFor > 0) return [404, { message: 'Not found' }];
        return [200, verified.has(address) ? { is_verified: true, name: verified.get(address) } : {}];
      }
      submissions.push(`blockscout ${address}`);
      if (unknownFor > 0) {
        unknownFor -= 1;
        return [404, { message: 'Address is not a smart-contract' }];
      }
      const type = String(request.headers['content-type']);
      const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
      const file = form.get('files[0]') as File;
      const [identifier, version] = [String(form.get('contract_name')), String(form.get('compiler_version'))];
      const error = await whyNot(provider, address, JSON.parse(await file.text()), identifier, version.slice(1));
      if (!error) verified.set(address, identifier);
      return [200, { message: 'Smart-contract verification started' }];
    }
    const submit = /^\/v2\/verify\/(\d+)\/(0x\w{40})$/.exec(url);
    if (submit && request.method === 'POST') {
      if (Number(submit[1]) !== chainId) return [400, { message: `chain ${submit[1]} is not supported` }];
      const address = submit[2]!.toLowerCase();
      submissions.push(`sourcify ${address}`);
      if (verified.has(address)) return [409, { message: 'already verified' }];
      const { stdJsonInput, compilerVersion, contractIdentifier } = JSON.parse(body.toString('utf8'));
      const error = await whyNot(provider, address, stdJsonInput, contractIdentifier, compilerVersion);
      if (!error) verified.set(address, contractIdentifier);
      jobs.push({ address, error });
      return [202, { verificationId: String(jobs.length - 1) }];
    }
    const job = /^\/v2\/verify\/(\d+)$/.exec(url);
    if (job) {
      const found = jobs[Number(job[1])];
      if (!found) return [404, { message: 'no such job' }];
      const contract = { match: found.error ? null : 'match', address: found.address };
      return [200, { isJobCompleted: true, contract, ...(found.error ? { error: { message: found.error } } : {}) }];
    }
    const look = /^\/v2\/contract\/\d+\/(0x\w{40})$/.exec(url);
    if (look) return verified.has(look[1]!.toLowerCase()) ? [200, { match: 'match' }] : [404, { match: null }];
    return [404, { message: 'no such place' }];
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const [status, value] = await handle(request, Buffer.concat(parts)).catch(
      (error: Error) => [500, { message: error.message }] as const,
    );
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    verified,
    submissions,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
