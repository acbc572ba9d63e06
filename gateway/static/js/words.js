/** Sentences of our scripts in the language of the page. Vietnamese is written where it is said; English in en.js. */

/** @type {Map<string, string>} */
const learnt = new Map();

/** @param {Record<string, string>} words Vietnamese sentence → the page's language */
export function learn(words) {
  for (const [sentence, said] of Object.entries(words)) learnt.set(sentence, said);
}

/**
 * A sentence in the page's language; one that nobody has taught stays as it is.
 * @param {string} sentence `{}` stands for a value
 * @param {...(string | number)} values in the order of the sentence
 */
export function say(sentence, ...values) {
  let at = 0;
  return (learnt.get(sentence) ?? sentence).replace(/\{\}/g, () => String(values[at++] ?? ""));
}
