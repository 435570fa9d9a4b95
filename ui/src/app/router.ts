/** A page's address: `/orders/:id` matches `/orders/7` with `{id: '7'}`. */
export interface RoutePath {
  readonly path: string;
}

export interface Match<R extends RoutePath> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

/** The first route that matches; `undefined` when none does. */
export function matchRoute<R extends RoutePath>(routes: readonly R[], pathname: string): Match<R> | undefined {
  for (const route of routes) {
    const params = matchPath(route.path, pathname);
    if (params) return { route, params };
  }
  return undefined;
}

/** The named parts of an address, decoded, or `undefined` when it does not match. */
export function matchPath(pattern: string, pathname: string): Record<string, string> | undefined {
  const wanted = partsOf(pattern);
  const given = partsOf(pathname);
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decode(given[index] ?? '');
    if (value === undefined) return undefined;
    if (part.startsWith(':')) params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

/** An address from a pattern and its values: `pathTo('/orders/:id', {id})`. */
export function pathTo(pattern: string, params: Readonly<Record<string, string>>): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${pattern} needs ${name}`);
    return encodeURIComponent(value);
  });
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
