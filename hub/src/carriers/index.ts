export { createMailCarrier, type MailCall, type MailSettings } from './mail.ts';
export { createOutsideCarriers } from './outside.ts';
export { createProviderCarrier, type ProviderCall, type ProviderSettings } from './provider.ts';
export { createWebhookCarrier, type WebhookCall, type WebhookSettings } from './webhook.ts';
