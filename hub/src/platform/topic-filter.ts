/** MQTT topic filters (MQTT 3.1.1, section 4.7): levels by `/`, `+` for one level, a last `#` for the rest. */

const maxFilterLength = 256;

/** True for a well-formed filter of sensible length. */
export function isTopicFilter(text: string): boolean {
  if (text.length === 0 || text.length > maxFilterLength || text.includes('\0')) return false;
  const levels = text.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !/[#+]/.test(level);
  });
}

/** True when `topic` is one that `filter` selects. Leading wildcards never reach `$` topics [MQTT-4.7.2-1]. */
export function matchesTopic(filter: string, topic: string): boolean {
  return !/[#+]/.test(topic) && coversFilter(filter, topic);
}

/** True when every topic that `inner` selects is one that `outer` selects. */
export function coversFilter(outer: string, inner: string): boolean {
  if (inner.startsWith('$') && !outer.startsWith('$')) return false;
  const outerLevels = outer.split('/');
  const innerLevels = inner.split('/');
  for (let index = 0; index < outerLevels.length; index++) {
    const level = outerLevels[index];
    if (level === '#') return true;
    const other = innerLevels[index];
    if (other === undefined || other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  return innerLevels.length === outerLevels.length;
}
