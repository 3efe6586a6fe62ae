// What a search finds, best first.

const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);
const MARK = /[-_/.\s]/;
// 0 for the very label, 1 for its beginning, 2 for the beginning of a word in it, 3 for any other place; and the place.
const rankOf = (label, word) => {
  if (label === word) return [0, 0];
  let at = label.indexOf(word);
  if (at === 0) return [1, 0];
  const first = at;
  while (at > 0 && !MARK.test(label[at - 1])) at = label.indexOf(word, at + 1);
  return at > 0 ? [2, at] : [3, first];
};
// Several words are as good as the worst of them.
const rank = (task, words) => {
  const all = words.map((word) => rankOf(task.lower, word));
  const sum = (index) => all.reduce((total, one) => total + one[index], 0);
  return [Math.max(...all.map((one) => one[0])), sum(0), sum(1)];
};
const found = () => {
  const list = tasks.filter(matches);
  if (!sought.length) return list.sort((a, b) => compare(a.label, b.label));
  const ranks = new Map(list.map((task) => [task, rank(task, sought)]));
  return list.sort((a, b) => {
    const [one, other] = [ranks.get(a), ranks.get(b)];
    return one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || compare(a.label, b.label);
  });
};
