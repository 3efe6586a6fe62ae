"""Report of what was equal, commit by commit, and why the rest was not."""

from judge import PACKAGE


class Report:
    def __init__(self, packages):
        self.packages = packages
        self.rows, self.contradictions, self.found = [], [], []

    def commit(self, commit, found):
        differences = commit.differences()
        equal = commit.is_equal()
        kinds = [kind for kind in commit.kinds if commit.outcome(kind)[0]]
        good = [kind for kind in kinds if not commit.outcome(kind)[1]]
        if equal:
            word = "equal" if commit.has_equal_actions() else "equal, but for actions.json"
        elif commit.added():
            word = f"misses {', '.join(commit.added())}"
        elif commit.configs and not differences:
            word = "few, too few configs are taken"
        elif commit.configs:
            word = "partly"
        else:
            word = "refused"
        self.rows.append((commit, word, len(commit.configs), len(good), len(kinds), differences))
        self.found.append((commit, found))

    def check(self, commit, table):
        """Kinds whose objects are all known must be equal, if all that they depend on is."""
        means = commit.modules.meaning
        for kind in sorted(commit.kinds):
            tasks, difference = commit.outcome(kind)
            objects = commit.objects(kind)
            if not difference or not all(table.holds(name, means) for name in objects):
                continue
            if any(commit.outcome(name)[1] for name in commit.upstream(kind)):
                continue
            if table.holds(f"{PACKAGE}.worker_types", means) or not kind.startswith("upload"):
                self.contradictions.append(f"{commit.commit[:8]} {kind}: {objects}: {difference}")

    def text(self, table):
        out = [f"versions: {self.packages}", ""]
        counts = {}
        for commit, word, configs, good, kinds, differences in self.rows:
            short = word.split(",")[0].split()[0]
            counts[short] = counts.get(short, 0) + 1
            out.append(f"{commit.commit[:8]} {commit.date} {configs:2} configs, {good:2} of {kinds:2} kinds: {word}")
            out += [f"    {difference[:220]}" for difference in differences[:3]]
        out += ["", "commits: " + ", ".join(f"{count} {word}" for word, count in sorted(counts.items())), ""]
        for name in sorted(table.closures):
            closures = table.closures[name]
            held = [commit for commit, found in self.found if name in found and found[name][0] is None]
            whys = {}
            for commit, found in self.found:
                if name in found and found[name][0]:
                    whys.setdefault(found[name][0][:160], []).append(commit.commit[:8])
            out.append(f"{name}: {len(closures)} sets, held at {len(held)} commits")
            out += [f"    not at {len(commits)} ({commits[0]}): {why}" for why, commits in list(whys.items())[:4]]
        if self.contradictions:
            out += ["", "CONTRADICTIONS: all is known, and it differs", *self.contradictions]
        return "\n".join(out) + "\n"
