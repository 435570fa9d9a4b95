import { createHmac } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Call, Carrier, Store } from '../platform/ports/index.ts';
import { createDeliveries, type Delivery, type Heard } from './deliveries.ts';
import { ask } from './http-line.ts';
import { createSecretFile } from './secret-file.ts';

export interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  /** The secret that both sides know. */
  readonly secretFile: string;
}

/** What a lane asks for: `{contract: 'webhook:<name>', fn: 'post', args: [{key, body}]}`. */
export interface WebhookCall {
  /** The `Stoop-Delivery` by which the receiver drops what comes twice. */
  readonly key: string;
  readonly body: object;
}

interface WebhookDeps {
  readonly settings: WebhookSettings;
  readonly store: Store;
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** Aborted when the hub stops. */
  readonly signal?: AbortSignal;
}

const gone = 410;

export const webhookCarrierName = (name: string): string => `webhook:${name}`;

/**
 * `t=<seconds>,v1=<hex>`: HMAC-SHA-256 with the shared secret over `<seconds>.<body>`. Made anew for every try, since
 * receivers refuse old ones; the body and the delivery's id stay the same.
 */
export function signatureOf(secret: string, atMs: number, body: string): string {
  const seconds = Math.floor(atMs / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** Posts to one address of the settings, and to no other. Landed is a 2xx. One carrier each, so that none waits for another. */
export function createWebhookCarrier({ settings, store, clock, timeoutMs, signal }: WebhookDeps): Carrier {
  const secret = createSecretFile(settings.secretFile, `webhooks.${settings.name}.secretFile`, 16);

  async function deliver({ key, bytes }: Delivery): Promise<Heard> {
    const body = bytes.toString();
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Stoop',
      'stoop-delivery': key,
      'stoop-signature': signatureOf(secret.read(), clock.nowMs(), body),
    };
    const { status } = await ask(settings.url, { method: 'POST', headers, body, timeoutMs, signal });
    const words = `HTTP ${status}`;
    if (status >= 200 && status < 300) return { outcome: 'taken', words };
    return { outcome: status === gone ? 'refused' : 'deferred', words };
  }

  return createDeliveries({
    name: webhookCarrierName(settings.name),
    store,
    clock,
    encode: async (call: Call) => {
      const { key, body } = call.args[0] as WebhookCall;
      return { key, bytes: Buffer.from(JSON.stringify(body)) };
    },
    deliver,
    misconfigured: secret.problem,
  });
}
