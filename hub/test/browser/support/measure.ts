import type { Page } from 'playwright-core';

/** By how many pixels the page, or anything in it that is not meant to scroll sideways, is wider than what shows it. */
export function sidewaysScroll(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const name = (element) => element.tagName.toLowerCase() + '.' + String(element.className.baseVal ?? element.className).split(' ')[0];
    const root = document.scrollingElement;
    const found = [];
    if (root.scrollWidth > root.clientWidth) found.push('page by ' + (root.scrollWidth - root.clientWidth) + ' px');
    const edge = root.clientWidth + 1;
    for (const element of document.querySelectorAll('body *')) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.right <= edge || getComputedStyle(element).position === 'fixed') continue;
      if (element.closest('.unseen, svg, .scroll, [data-scrolls]')) continue;
      found.push(name(element) + ' ends at ' + Math.round(box.right) + ': ' + element.textContent.trim().slice(0, 40));
    }
    return found.slice(0, 8);
  })()`);
}

/** What can be touched but is smaller than \`sizePx\` in one direction, felt out with points as a finger would. */
export function smallTargets(page: Page, sizePx: number): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const selector = 'a[href], button, input, select, textarea, summary, [role=button], [role=tab]';
    const targetOf = (element) => element?.closest('label') ?? element?.closest(selector);
    const found = [];
    for (const element of document.querySelectorAll(selector)) {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.disabled) continue;
      const target = targetOf(element);
      target.scrollIntoView({ block: 'center', behavior: 'instant' });
      const box = target.getBoundingClientRect();
      // Off the glass until it has the focus: the link that skips to the page.
      if (box.bottom < 0 || box.width === 0) continue;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const isHit = (dx, dy) => targetOf(document.elementFromPoint(x + dx, y + dy)) === target;
      if (!isHit(0, 0)) continue;
      const reach = (dx, dy) => { let step = 0; while (step < ${sizePx} && isHit(dx * (step + 1), dy * (step + 1))) step++; return step; };
      const width = reach(-1, 0) + reach(1, 0) + 1;
      const height = reach(0, -1) + reach(0, 1) + 1;
      if (width < ${sizePx} - 1 || height < ${sizePx} - 1) {
        found.push((target.ariaLabel ?? target.textContent).trim().replace(/\\s+/g, ' ').slice(0, 40) + ' is ' + width + '×' + height);
      }
    }
    return found;
  })()`);
}
