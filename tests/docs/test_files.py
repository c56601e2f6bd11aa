"""What every tracked file keeps to: no machine's paths, a reason when it is long, links and commands that exist."""

import re
from pathlib import Path

LONGEST_WITHOUT_REASON = 500
SOURCE = {".py", ".js", ".css", ".html"}

# Paths of one person's machine, and hosts of package registries, which each machine configures for itself.
MACHINE_PATH = re.compile(r"/(?:work|farm)/(?:main|shared|steering)\b|/tmp/(?:od|bash_jobs)\b")
REGISTRY = re.compile(r"(?:pypi|npmjs|pythonhosted|deb\.debian)[.](?:org|com)")


def test_no_file_holds_a_path_of_one_machine_or_a_registrys_host(tracked: list[Path]) -> None:
    found = [
        f"{path}: {match.group()}"
        for path in tracked
        if (text := text_of(path)) is not None
        for pattern in (MACHINE_PATH, REGISTRY)
        for match in [pattern.search(text)]
        if match
    ]
    assert found == []


def test_a_long_file_says_why(tracked: list[Path]) -> None:
    unexplained = [
        str(path)
        for path in tracked
        if path.suffix in SOURCE and (text := text_of(path)) is not None
        if text.count("\n") > LONGEST_WITHOUT_REASON and "Why this long:" not in text
    ]
    assert unexplained == []


def test_every_make_command_in_the_documentation_exists(tracked: list[Path], checkout: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (checkout / "Makefile").read_text(), re.MULTILINE))
    missing = [
        f"{path.name}: make {target}"
        for path in tracked
        if path.suffix == ".md"
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", path.read_text(), re.MULTILINE)
        if target not in targets
    ]
    assert missing == []


def test_every_make_command_is_documented(checkout: Path) -> None:
    makefile = (checkout / "Makefile").read_text()
    offered = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    documented = (checkout / "docs" / "development.md").read_text()
    assert sorted(target for target in offered if f"`make {target}" not in documented) == []


def test_links_between_documents_lead_somewhere(tracked: list[Path]) -> None:
    dead = [
        f"{path.name}: {target}"
        for path in tracked
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists()
    ]
    assert dead == []


def text_of(path: Path) -> str | None:
    """The file's text, or None for a binary file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
