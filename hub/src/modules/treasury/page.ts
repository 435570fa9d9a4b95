const defaultLimit = 50;

/** Where a page of a list begins, newest first, and how long it is. */
export const pageOf = (query: { after?: string; limit?: number }) => ({
  before: query.after ? Number(query.after) : Number.MAX_SAFE_INTEGER,
  limit: query.limit ?? defaultLimit,
});
