#!/usr/bin/env python3
"""Counts the words of the pages and checks links; scripts/docs.sh runs it.

docs_check.py [SITE]    SITE: the built site, build/docs unless given; its links are checked if it exists

Prints three things: README's bytes, words and numbers per thousand words (all of it, and its sentences alone); the
words, longest sentence and programs of each page; the checked and broken links of Markdown files and within the site.
Ends with 1 if README has more than 12,288 bytes or a link is broken.
"""

import html.parser
import pathlib
import re
import sys
import urllib.parse

MOST_BYTES = 12_288
ROOT = pathlib.Path(__file__).resolve().parent.parent
NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*")
GENERATED = ROOT / "docs" / "results"  # by examples/studies/report: results.md and the folder


def prose(text):
    """Returns the paragraphs and list items of a page, without code, tables, headings and markup."""
    text = re.sub(r"^```.*?^```", "\n", text, flags=re.M | re.S)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]+>", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    lines = []
    for line in text.splitlines():
        if re.match(r"\s*\||#| {4}", line):
            lines.append("")
        else:
            lines.append(re.sub(r"^\s*(?:[-*]|\d+\.|!!!|\?\?\?)\s+", "\n", line))
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()]


def sentences(text):
    for paragraph in prose(text):
        code = re.sub(r"`[^`]*`", "Code", paragraph)
        yield from (part for part in re.split(r"(?<=[.:;?!])\s+(?=[A-Z0-9`*(])", code) if part.strip())


def longest(text):
    return max(sentences(text), key=lambda sentence: len(sentence.split()), default="")


def programs(text):
    blocks = re.findall(r"(<!-- from [^\n]* -->\n)?```cpp\n(.*?)^```", text, flags=re.M | re.S)
    return sum("int main" in block and not quoted for quoted, block in blocks)


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.targets, self.names = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.names.update(attributes[key] for key in ("id", "name") if attributes.get(key))
        key = {"a": "href", "link": "href", "img": "src", "script": "src"}.get(tag)
        if key and attributes.get(key):
            self.targets.append(attributes[key])


def broken_links(site):
    """Returns the number of links inside the site, and the broken ones; without Doxygen's among its own pages."""
    pages = {path: Links(path.read_text(errors="replace")) for path in site.rglob("*.html") if path.name != "404.html"}
    count, broken = 0, []
    for path, page in pages.items():
        if path.is_relative_to(site / "reference"):
            continue
        for target in page.targets:
            parts = urllib.parse.urlsplit(target)
            to_reference = parts.path.startswith("reference/")
            if parts.scheme or parts.netloc or (to_reference and not (site / "reference").exists()):
                continue
            count += 1
            to = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            found = to.exists()
            if found and parts.fragment and to in pages:
                found = urllib.parse.unquote(parts.fragment) in pages[to].names
            if not found:
                broken.append(f"{path.relative_to(site)}: {target}")
    return count, broken


def anchors(text):
    """Returns the anchors of a Markdown page's headings."""
    headings = re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), flags=re.M)
    names = [re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings]
    return {name if i == 0 else f"{name}-{i}" for name in names for i in range(names.count(name))}


def broken_in_sources(pages):
    """Returns the number of links to files of the project in Markdown pages, and the broken ones."""
    count, broken = 0, []
    for page in pages:
        text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)\s]+)[^)]*\)|^\[[^\]]+\]: *(\S+)|(?:src|href)=\"([^\"]+)\"", text, flags=re.M):
            target = "".join(target)
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or parts.path.startswith("reference/"):  # Doxygen's pages are checked in the built site
                continue
            count += 1
            to = (page.parent / parts.path).resolve() if parts.path else page
            is_page = to.suffix == ".md"
            if not to.exists() or (parts.fragment and not (is_page and parts.fragment in anchors(to.read_text()))):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    return count, broken


def main():
    site = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "docs").resolve()
    readme = (ROOT / "README.md").read_text()
    words = len(readme.split())
    numbers = len(NUMBER.findall(readme))
    size = len(readme.encode())
    text = " ".join(prose(readme))
    in_text = 1000 * len(NUMBER.findall(text)) / len(text.split())
    print(f"README.md: {size} bytes (at most {MOST_BYTES}), {words} words, "
          f"{1000 * numbers / words:.0f} numbers in 1,000 words, {in_text:.0f} in sentences alone")
    print(f"\n{'page':36}{'words':>7}{'longest sentence':>18}{'programs':>10}")
    snippets = 0
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    others = [page for page in sorted(ROOT.glob("*.md")) if page not in pages]
    for page in pages:
        text = page.read_text()
        count = programs(text)
        snippets += count
        note = "  generated" if GENERATED in (page.with_suffix(""), page.parent) else ""
        name = str(page.relative_to(ROOT))
        print(f"{name:36}{len(text.split()):>7}{len(longest(text).split()):>18}{count:>10}{note}")
    print(f"\n{snippets} programs, which ctest -R snippet compiles and runs")

    count, broken = broken_in_sources([*pages, *others])
    print(f"{count} links of Markdown files checked, {len(broken)} broken")
    if site.exists():
        count, broken_in_site = broken_links(site)
        print(f"{count} links within the site checked, {len(broken_in_site)} broken")
        broken += broken_in_site
    else:
        print(f"links within the site not checked: expected the built site, got no {site}")
    for line in broken:
        print(f"  {line}")
    return 1 if broken or size > MOST_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
