import type { Page } from 'playwright-core';

/**
 * What does not fit: a page or a part of it that would have to be moved sideways, and words that are cut off. Tables may scroll
 * within their own frame.
 */
export function whatDoesNotFit(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const found = [];
    const root = document.scrollingElement;
    if (root.scrollWidth > root.clientWidth) found.push('the page is ' + (root.scrollWidth - root.clientWidth) + ' px too wide');
    for (const element of document.querySelectorAll('body *')) {
      const tooWide = element.scrollWidth - element.clientWidth;
      if (tooWide < 2 || element.closest('.unseen, svg') || !element.checkVisibility()) continue;
      const { overflowX, display } = getComputedStyle(element);
      // Clipped on purpose: the kiosk's shell, which moves by a few pixels each hour.
      if (overflowX === 'visible' || overflowX === 'clip' || display === 'inline' || element.querySelector('table')) continue;
      const words = (element.value ?? element.textContent).trim().replace(/\\s+/g, ' ').slice(0, 50);
      found.push(element.tagName.toLowerCase() + ' cuts or scrolls ' + tooWide + ' px: ' + words);
    }
    return found;
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
