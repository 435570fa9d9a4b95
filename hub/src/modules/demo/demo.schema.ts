import { Type } from '@sinclair/typebox';

export const Enter = Type.Object(
  { door: Type.Union(['kiosk', 'phone', 'treasurer', 'maintainer'].map((door) => Type.Literal(door))) },
  { additionalProperties: false },
);

export const Neighbours = Type.Object({ orderId: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

/** Somebody of the demonstration building; the file is written when it is founded. */
export interface DemoPerson {
  readonly seat: number;
  readonly name: string;
  readonly pin: string;
  /** As printed at enrolment; a real building keeps it nowhere. */
  readonly recoveryCode: string;
  readonly roles: readonly string[];
}

export interface DemoFile {
  readonly people: readonly DemoPerson[];
  /** Of the officers' keystore; a real building writes it nowhere. */
  readonly passphrase: string;
  /** Whose phone the *resident* door opens. */
  readonly residentSeat: number;
}
