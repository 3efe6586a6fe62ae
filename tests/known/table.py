"""The table: texts that mean the same, sets of them that were held equal, and the commits they are from."""

import json

from modules import ABSENT, NOTHING, digest, meaning


class Table:
    def __init__(self):
        self.texts, self.closures, self.imported = {}, {}, set()

    def add_text(self, file, text, order):
        """A text of a file, or None if it is not there. Texts of one meaning stand together."""
        means = NOTHING if text is None else meaning(text)
        if means is None:
            return None
        known = self.texts.setdefault((file, means), {"digests": set(), "order": order})
        known["digests"].add(ABSENT if text is None else digest(text))
        if means == NOTHING and file.endswith("/__init__.py"):
            known["digests"] |= {ABSENT, digest(b"")}
        if order is not None and (known["order"] is None or order < known["order"]):
            known["order"] = order
        return means

    def add_alike(self, file, text):
        """A text that counts as known if one of the same meaning does."""
        if (known := self.texts.get((file, meaning(text)))) is not None:
            known["digests"].add(digest(text))

    def hold(self, name, files, versions, order, pieces):
        """Notes that an object was held equal with these files, (file, meaning) each. `pieces` is what a register function
        imports: the module, and what for."""
        closures = self.closures.setdefault(name, {})
        known = closures.setdefault(tuple(sorted(files)), {"order": order, "versions": {}, "pieces": pieces})
        known["order"] = min(known["order"], order)
        for package, found in versions.items():
            known["versions"].setdefault(package, set()).update(found)

    def holds(self, name, meaning):
        """The closures of an object that a commit meets: `meaning` has what each of its files means."""
        return [
            files
            for files in self.closures.get(name, {})
            if all(meaning(file) == means for file, means in files)
        ]

    def write(self, packages, commits):
        """As text. `commits` are (repository, hash, date), the youngest first; those that nothing is from are left out."""
        used = {text for closures in self.closures.values() for files in closures for text in files}
        kept = sorted(used, key=lambda text: (text[0], self.texts[text]["order"], sorted(self.texts[text]["digests"])))
        orders = {self.texts[text]["order"] for text in kept}
        orders |= {held["order"] for closures in self.closures.values() for held in closures.values()}
        orders = sorted(orders)
        repositories = sorted({commits[order][0] for order in orders})
        place = {text: number for number, text in enumerate(kept)}
        lines = ["{"]
        lines.append(f' "repositories": {json.dumps(repositories)},')
        rows = [[repositories.index(commits[order][0]), commits[order][1][:12], commits[order][2]] for order in orders]
        lines += listed("commits", rows)
        lines.append(f' "packages": {json.dumps(packages)},')
        lines.append(f' "imported": {json.dumps(sorted(self.imported))},')
        rows = []
        for text in kept:
            reported = self.texts[text]
            rows.append([text[0], orders.index(reported["order"]), sorted(reported["digests"])])
        lines += listed("texts", rows)
        lines.append(' "objects": {')
        names = sorted(self.closures)
        for name in names:
            rows = sorted(self.closures[name].items(), key=lambda item: (item[1]["order"], item[0]))
            out = [
                json.dumps(
                    {
                        "texts": sorted(place[text] for text in files),
                        "commit": orders.index(held["order"]),
                        "versions": {package: version_order(found) for package, found in sorted(held["versions"].items())},
                    }
                    | ({"pieces": [[what, module] for module, what in sorted(held["pieces"].items())]} if held["pieces"] else {})
                )
                for files, held in rows
            ]
            body = ",\n   ".join(out)
            body = f"[\n   {body}\n  ]" if out else "[]"
            lines.append(f'  {json.dumps(name)}: {body}{"," if name != names[-1] else ""}')
        lines += [" }", "}"]
        return "\n".join(lines) + "\n"


def listed(name, rows):
    body = [f"  {json.dumps(row)}{',' if row is not rows[-1] else ''}" for row in rows]
    return [f' "{name}": [', *body, " ],"]


def version_order(versions):
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")])
