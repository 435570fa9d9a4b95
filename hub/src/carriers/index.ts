export { createMailCarrier, type MailCall, type MailSettings } from './mail.ts';
