import { createHash } from 'node:crypto';
import { escapeHtml } from '../plain-page.ts';

/** A UUID that stays the same for the same authority, so that installing twice replaces. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`.toUpperCase();
}

/** Apple's configuration profile with one root certificate (Apple, *Device Management*: `com.apple.security.root`). */
export function mobileconfig(hubName: string, certificate: Uint8Array, fingerprint: string): string {
  const name = escapeHtml(`Stoop: ${hubName}`);
  const id = `house.stoop.trust.${fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}`;
  const data = Buffer.from(certificate).toString('base64');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadContent</key><array><dict>
<key>PayloadCertificateFileName</key><string>stoop-hub.crt</string>
<key>PayloadContent</key><data>${data}</data>
<key>PayloadDisplayName</key><string>${name}</string>
<key>PayloadIdentifier</key><string>${id}.root</string>
<key>PayloadType</key><string>com.apple.security.root</string>
<key>PayloadUUID</key><string>${uuidOf(`${fingerprint} root`)}</string>
<key>PayloadVersion</key><integer>1</integer>
</dict></array>
<key>PayloadDisplayName</key><string>${name}</string>
<key>PayloadIdentifier</key><string>${id}</string>
<key>PayloadRemovalDisallowed</key><false/>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadUUID</key><string>${uuidOf(fingerprint)}</string>
<key>PayloadVersion</key><integer>1</integer>
</dict></plist>
`;
}
