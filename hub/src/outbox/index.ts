export { type AttemptSummary, carriedBy, isCarried, recentAttempts } from './attempts.store.ts';
export { believed } from './believed.ts';
export { type CatchUp, type CatchUpState, createCatchUp, holdBack, waitForCatchUp } from './catch-up.ts';
export { createDispatcher, type Dispatcher, type DispatcherOptions } from './dispatcher.ts';
export { type IntentRequest, outbox } from './outbox.ts';
export { type LaneQuote, type Quote, type QuoteDeps, quoteNow } from './quote.ts';
export { spentToday } from './spending.ts';
