import { setTimeout as wait } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import type { Sensor } from './building.ts';
import type { Ledger } from './ledger.ts';
import type { Line } from './line.ts';

export interface SensorDay {
  readonly sensor: Sensor;
  readonly line: Line;
  readonly ledger: Ledger;
  readonly isOver: () => boolean;
}

const metric = 'ph';
const inFlight = 3;
const pauseMs = 20;

/** Publishes numbered readings with QoS 1; what got no PUBACK is published again to the next life of the hub. */
export async function liveAsSensor({ sensor, line, ledger, isOver }: SensorDay): Promise<void> {
  const open = new Set<number>();
  let next = 1;

  /** Resolves when the reading was acknowledged or the connection is gone. */
  function publish(client: MqttClient, sequence: number): Promise<void> {
    const message = JSON.stringify({ value: 5 + (sequence % 300) / 100, seq: sequence });
    return new Promise((resolve) => {
      client.once('close', resolve);
      client.publish(`stoop/${sensor.username}/${metric}`, message, { qos: 1 }, (error) => {
        client.off('close', resolve);
        if (!error && open.delete(sequence)) {
          ledger.add({ what: 'measured', device: sensor.username, metric, sequence });
        }
        resolve();
      });
    });
  }

  async function liveOnce(client: MqttClient): Promise<void> {
    await Promise.all([...open].map((sequence) => publish(client, sequence)));
    while (client.connected && !isOver()) {
      const sequences = Array.from({ length: inFlight }, () => next++);
      for (const sequence of sequences) open.add(sequence);
      await Promise.all(sequences.map((sequence) => publish(client, sequence)));
      await wait(pauseMs);
    }
  }

  while (!isOver() || open.size > 0) {
    const { mqtt: url } = await line.hub();
    const client = mqtt.connect(url, {
      clientId: `drill-${sensor.username}`,
      username: sensor.username,
      password: sensor.token,
      reconnectPeriod: 0,
    });
    client.setMaxListeners(0);
    client.on('error', () => {});
    const arrived = await isLetIn(client);
    if (arrived) await liveOnce(client);
    client.end(true);
    if (!arrived) await wait(pauseMs);
  }
}

const isLetIn = (client: MqttClient): Promise<boolean> =>
  new Promise((resolve) => {
    client.once('connect', () => resolve(true));
    client.once('close', () => resolve(false));
  });
