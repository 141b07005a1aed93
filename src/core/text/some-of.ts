/** The first of many words, and how many more there are: `a, b, c and 7 more`. */
export function someOf(words: readonly string[], most = 8): string {
  if (words.length <= most) return words.join(', ');
  return `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
}
