"""Runs the Python extractors that Silteme is compared with and prints what they find, one JSON object per page.

`python peers.py NAME PAGES` reads PAGES/gold.ndjson and the files it names. The lines are those of the Rust peers:
`file`, `text`, `title`, `author`, `date`, `cpu_ms`; the first line names the peer's version. Each is called as its own
documentation says, with the page's bytes; a peer that fails on a page gives an empty text there.
"""

import json
import logging
import sys
import time
from importlib.metadata import version
from pathlib import Path

ROUNDS = 2  # over each page; the fastest counts, because everything slower was disturbed


def trafilatura(favor_precision=False):
    from trafilatura import bare_extraction

    def extract(body, url):
        found = bare_extraction(
            body, url=url, with_metadata=True, include_comments=False, favor_precision=favor_precision
        )
        if found is None:
            return {}
        return {"text": found.text, "title": found.title, "author": found.author, "date": found.date}

    return f"trafilatura {version('trafilatura')}" + (" precision" if favor_precision else ""), extract


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    def extract(body, _url):
        tree = HTMLTree.parse(bytes_to_str(body, detect_encoding(body)))
        return {"text": extract_plain_text(tree, main_content=True), "title": tree.title}

    return f"resiliparse {version('resiliparse')}", extract


def readability_lxml():
    from lxml.html import fromstring
    from readability import Document

    def extract(body, _url):
        page = Document(body)
        summary = fromstring(page.summary())
        for element in summary.iter("p", "div", "li", "h1", "h2", "h3", "h4", "br", "td", "tr", "blockquote"):
            element.tail = "\n" + (element.tail or "")
        return {"text": summary.text_content(), "title": page.short_title()}

    return f"readability-lxml {version('readability-lxml')}", extract


def htmldate():
    from htmldate import find_date

    def extract(body, url):
        return {"date": find_date(body, url=url, original_date=True)}

    return f"htmldate {version('htmldate')}", extract


PEERS = {
    "trafilatura": trafilatura,
    "trafilatura_precision": lambda: trafilatura(favor_precision=True),
    "resiliparse": resiliparse,
    "readability_lxml": readability_lxml,
    "htmldate": htmldate,
}


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    logging.disable(logging.CRITICAL)
    version_of, extract = PEERS[name]()
    print(json.dumps({"version": version_of}))
    for line in (folder / "gold.ndjson").open(encoding="utf-8"):
        page = json.loads(line)
        body = (folder / page["file"]).read_bytes()
        fastest = float("inf")
        for _ in range(ROUNDS):
            start = time.process_time()
            try:
                found = extract(body, page["url"])
            except Exception:  # a peer's failure is its result
                found = {}
            fastest = min(fastest, (time.process_time() - start) * 1e3)
        row = {"file": page["file"], "text": found.get("text") or ""}
        row.update({key: found.get(key) for key in ("title", "author", "date")}, cpu_ms=fastest)
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
