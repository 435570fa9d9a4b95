import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';

/** Keeps a second simulator off the same folder. The name is the kernel's and vanishes with the process, however it ends. */
export async function lockFolder(folder: string): Promise<() => void> {
  const { createServer } = process.getBuiltinModule('node:net');
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`${folder}: another simulator runs on it`) : error),
    );
    server.listen(`\0stoop-chain-${name}`, resolve);
  });
  server.unref();
  return () => server.close();
}
