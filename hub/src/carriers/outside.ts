import type { Clock } from '../platform/clock.ts';
import type { Carrier, Store } from '../platform/ports/index.ts';
import { createLeftCarrier } from './left.ts';
import { createMailCarrier, type MailSettings } from './mail.ts';
import { createWebhookCarrier, type WebhookSettings, webhookCarrierName } from './webhook.ts';

interface OutsideDeps {
  readonly mail?: MailSettings & { readonly readers: readonly { readonly address: string }[] };
  readonly webhooks: readonly WebhookSettings[];
  /** Lanes in which something waits: those of a carrier that has left the settings need an end. */
  readonly waitingLanes: readonly string[];
  readonly store: Store;
  readonly clock: Clock;
  /** Aborted when the hub stops. */
  readonly signal: AbortSignal;
}

const isOutside = (lane: string) => lane === 'mail' || lane.startsWith(webhookCarrierName(''));

/** Every carrier of the settings that is no chain; their lanes bear the same names. */
export function createOutsideCarriers({ mail, webhooks, waitingLanes, ...common }: OutsideDeps): readonly Carrier[] {
  const addresses = new Set(mail?.readers.map(({ address }) => address));
  const mayWriteTo = (address: string) => addresses.has(address);
  const there = [
    ...(mail ? [createMailCarrier({ settings: mail, mayWriteTo, ...common })] : []),
    ...webhooks.map((settings) => createWebhookCarrier({ settings, ...common })),
  ];
  const left = waitingLanes.filter((lane) => isOutside(lane) && !there.some(({ name }) => name === lane));
  return [...there, ...left.map((name) => createLeftCarrier(name, common.store))];
}
