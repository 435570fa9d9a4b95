export { createMailCarrier, type MailCall, type MailSettings } from './mail.ts';
export { createWebhookCarrier, type WebhookCall, type WebhookSettings } from './webhook.ts';
