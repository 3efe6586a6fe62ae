"""Descriptions of what other tasks fetch, by chance: fetches and toolchains."""

from chance import Raw
from stubs import DOCKER, attributes, common, fetches


def fetch(chance, kind):
    stub = {"description": chance.text()}
    put = chance.put
    section = stub["fetch"] = {}
    match chance.choice(["static-url"] * 2 + ["git"]):
        case "static-url":
            section |= {"type": "static-url", "sha256": "0" * 64, "size": chance.choice([1, 10**10, Raw("1_495_873")])}
            section["url"] = chance.choice(
                [
                    "https://example.org/a.tar.gz",
                    "https://example.org/b.zip?x=1",
                    "https://é/c.tar.xz",
                    "https://x/",
                    "a",
                ]
            )
            put(0.3, section, "strip-components", 0, 1)
            put(0.3, section, "add-prefix", "p/", "")
            put(0.3, section, "artifact-name", "n.tar.zst", "é/n.zst", "")
            put(0.2, section, "headers", {"A": "b"}, {"A": "b", "C": "{d}"}, {})
        case "git":
            section |= {
                "type": "git",
                "repo": chance.choice(["https://github.com/a/b", "https://x.org/b.git/", "ssh://git@x/y//"]),
            }
            section["revision"] = chance.choice(["c" * 40, "0123456789abcdef0123456789ABCDEF01234567", "d" * 41])
            put(0.3, section, "include-dot-git", True, False)
            put(0.3, section, "artifact-name", "n.tar.zst")
            put(0.3, section, "path-prefix", "p", "")
            put(0.2, section, "ssh-key", "project/key")
    put(0.2, stub, "fetch-alias", f"alias-{kind.number()}")
    put(0.2, stub, "artifact-prefix", "public", "private/x", "public/y/")
    put(0.2, stub, "expires-after", "1 year")
    put(0.3, stub, "attributes", lambda: attributes(chance))
    put(0.1, stub, "docker-image", {"in-tree": "fetch"})
    return stub


def toolchain(chance, kind):
    stub = common(chance, kind)
    stub.pop("optimization", None)
    docker = stub["worker-type"] in DOCKER
    if stub["worker-type"] == "bitbar":
        stub["worker-type"] = "host"
    # Without it the reference ends with a KeyError.
    stub["worker"].setdefault("env", {})
    if docker and chance.maybe(0.3):
        stub["worker"].pop("docker-image")
        stub["worker"].pop("volumes", None)
        stub["worker"].pop("caches", None)
    elif docker and isinstance(stub["worker"]["docker-image"], str) and not chance.maybe(0.05):
        stub["worker"]["docker-image"] = {"indexed": "x.y"}
    put = chance.put
    section = {
        "using": "toolchain-script",
        "script": chance.choice(["build.sh", "lib/build.py", "build.ps1", "lib/../build.sh"]),
        "toolchain-artifact": chance.choice(["public/build/t.tar.zst", "private/é.zst", "t"]),
    }
    put(0.4, section, "arguments", chance.some(["-x", "a b", "é", "'", "", "$A", "{y}"]))
    put(0.4, section, "resources", chance.some(["src/main.c", "src/*.txt", "src", "src/**", "src/**/d.txt", "**/*.c"]))
    put(0.3, section, "toolchain-alias", f"al-{kind.number()}", [f"be-{kind.number()}", f"ce-{kind.number()}"])
    put(0.2, section, "toolchain-env", {"E": "f"}, {"E": "f", "A": "é"})
    put(0.2, section, "sparse-profile", None, "x")
    put(0.2, section, "use-caches", *kind.use_caches)
    if kind.many_repositories:
        section["checkout"], section["use-caches"] = chance.choice(kind.checkouts[2:]), False
    stub["run"] = section
    if chance.maybe(0.4):
        stub["fetches"] = fetches(chance, {}, kind)
    return stub
