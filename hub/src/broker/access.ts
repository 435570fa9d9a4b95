import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { AedesOptions, AuthenticateError, AuthenticateHandler, Client, PublishPacket } from 'aedes';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { DeviceAuth, Topic } from '../platform/ports/index.ts';
import { coversFilter, matchesTopic } from '../platform/topic-filter.ts';
import type { Session, Sessions } from './sessions.ts';

/** CONNACK return codes (MQTT 3.1.1, table 3.1). */
const identifierRejected = 2;
const serverUnavailable = 3;
const badCredentials = 4;
const notAuthorized = 5;

interface AccessOptions {
  readonly topics: readonly Topic[];
  readonly auth: DeviceAuth;
  readonly sessions: Sessions;
  readonly hasRoom: () => boolean;
  readonly isStopping: () => boolean;
  readonly retainedPerDevice: number;
  readonly clock: Clock;
  readonly log: Log;
}

type Handlers = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'>
>;

/** Every decision about a device: who it is, what it may say and hear, and when its message counts as taken. */
export function createAccess(options: AccessOptions): Handlers {
  const { topics, auth, sessions, hasRoom, isStopping, retainedPerDevice, clock, log } = options;
  const retained = new Map<string, Set<string>>();

  function identify(client: Client, username: string | undefined, password: Buffer | undefined): number {
    if (!hasRoom() || isStopping()) return serverUnavailable;
    const remoteAddress = (client.conn as Socket).remoteAddress ?? '';
    const granted = auth.authenticate({ clientId: client.id, username, password: password?.toString(), remoteAddress });
    if (!granted) return username === undefined ? notAuthorized : badCredentials;
    // Taking over a client id ends the other connection, which only the same device may do.
    if (sessions.isTaken(client.id, granted.deviceId)) return identifierRejected;
    sessions.grant(client, granted);
    return 0;
  }

  const authenticate: AuthenticateHandler = (client, username, password, done) => {
    let code = serverUnavailable;
    try {
      code = identify(client, username, password);
    } catch (error) {
      log.warn({ err: error, clientId: client.id }, 'broker: could not look up a device');
    }
    done(code === 0 ? null : refusal(code), code === 0);
  };

  /** Bounds what the broker keeps in memory for new subscribers. */
  function limitRetained({ deviceId }: Session, packet: PublishPacket): void {
    if (!packet.retain) return;
    const kept = retained.get(deviceId) ?? new Set();
    retained.set(deviceId, kept);
    if (packet.payload.length === 0) kept.delete(packet.topic);
    else if (kept.has(packet.topic) || kept.size < retainedPerDevice) kept.add(packet.topic);
    else packet.retain = false;
  }

  async function take(session: Session, packet: PublishPacket): Promise<void> {
    const delayMs = session.pace();
    if (delayMs > 0) await wait(delayMs, undefined, { ref: false });
    limitRetained(session, packet);
    const { topic } = packet;
    const message = {
      topic,
      payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
      deviceId: session.deviceId,
      receivedAtMs: clock.nowMs(),
      isVerified: false,
    };
    await Promise.all(topics.filter(({ filter }) => matchesTopic(filter, topic)).map((one) => one.receive(message)));
  }

  return {
    // No session outlives its connection: a queue for an absent device would grow in memory and end with the process.
    preConnect(_client, packet, done) {
      packet.clean = true;
      done(null, true);
    },
    authenticate,
    // The PUBACK is written only after `done`, hence after everybody who takes the message has committed it.
    authorizePublish(client, packet, done) {
      const session = sessions.of(client);
      if (!session || session.isRevoked || isStopping()) return done(new Error('not connected any more'));
      if (!session.publish.some((filter) => matchesTopic(filter, packet.topic))) {
        auth.refused(session.deviceId, packet.topic);
        return done(new Error('topic not granted'));
      }
      take(session, packet).then(
        () => done(session.isRevoked ? new Error('not connected any more') : null),
        (error: Error) => {
          log.warn({ err: error, deviceId: session.deviceId }, 'broker: a message could not be taken');
          done(error);
        },
      );
    },
    // A refused filter answers SUBACK 0x80 (MQTT 3.1.1, 3.9.3).
    authorizeSubscribe(client, subscription, done) {
      const session = sessions.of(client);
      const isGranted = session?.subscribe.some((filter) => coversFilter(filter, subscription.topic)) ?? false;
      done(null, isGranted ? subscription : null);
    },
    authorizeForward(client, packet) {
      const session = sessions.of(client);
      const isGranted = session?.subscribe.some((filter) => matchesTopic(filter, packet.topic)) ?? false;
      return isGranted && !session?.isRevoked ? packet : null;
    },
  };
}

function refusal(code: number): AuthenticateError {
  return Object.assign(new Error(`connection refused, code ${code}`), {
    returnCode: code as AuthenticateError['returnCode'],
  });
}
