import { type EventEmitter, once } from 'node:events';
import type { MqttClient } from 'mqtt';

/** The next event of that name; MQTT.js has an emitter of its own type, which `once` does not know. */
export function mqttEvent(client: MqttClient, name: string): Promise<unknown[]> {
  return once(client as unknown as EventEmitter, name);
}
