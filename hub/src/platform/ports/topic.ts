/** A message as a module sees it. `receivedAtMs` is the hub's clock. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly deviceId: string;
  readonly receivedAtMs: number;
  /** True when it came over TLS. */
  readonly isVerified: boolean;
}

/** What a module takes from the broker. The PUBACK waits for the promise: resolved means on disk. */
export interface Topic {
  /** MQTT filter, e.g. `stoop/+/+`. */
  readonly filter: string;
  receive(message: Message): Promise<void>;
}

/** Who a device is. `garden` implements it, `broker` calls it. */
export interface DeviceAuth {
  /** The device's id and granted publish / subscribe filters, or undefined: refused, and kept as *waiting*. */
  authenticate(credentials: {
    clientId: string;
    username?: string;
    password?: string;
    remoteAddress: string;
  }): { deviceId: string; publish: readonly string[]; subscribe: readonly string[] } | undefined;
  /** Told on connect and disconnect so that people see who is there. */
  presence(deviceId: string, isConnected: boolean): void;
  /** Told when a device published outside its grants; it was disconnected. */
  refused(deviceId: string, topic: string): void;
  /** Calls back with each device whose credentials ended. Answers how to stop listening. */
  onRevoked(listener: (deviceId: string) => void): () => void;
}
