#!/usr/bin/env python3
"""Checks that no type is named by a participle alone, as docs/style.md asks.

    tests/docs/type_names.py

`MorphedGraph` is a noun, `Morphed` is not. Prints the file, line and name of each such type, and ends with status 1 if
there is one. Variants of enums may be participles: the enum is the noun.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TYPE = re.compile(r"^\s*(?:pub(?:\([^)]*\))? )?(?:struct|enum|trait|type) ([A-Z]\w*)", re.M)
# One word that ends like a participle, or is an irregular one.
PARTICIPLE = re.compile(
    r"[A-Z][a-z]*[^e]ed|Built|Chosen|Done|Found|Given|Gone|Held|Kept|Known|Left|Lost|Made|Met|Read|Said|Seen|Sent|Shown"
    r"|Told|Unknown|Unread|Written"
)


def main():
    files = subprocess.run(["git", "ls-files", "*.rs"], cwd=ROOT, check=True, capture_output=True, text=True)
    wrong = 0
    for name in files.stdout.split():
        text = (ROOT / name).read_text(encoding="utf-8")
        for found in TYPE.finditer(text):
            if PARTICIPLE.fullmatch(found[1]):
                line = text.count("\n", 0, found.start(1)) + 1
                print(f"{name}:{line}: the type `{found[1]}` is named by a participle")
                wrong += 1
    if not wrong:
        print("no type is named by a participle")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
