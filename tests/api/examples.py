#!/usr/bin/env python3
"""Runs every `sh` block of a document, in order and in one shell, and holds the block after it to what really came out.

with_demo.sh examples.py docs/api.md

What is shown is held to the answer like this:
  json   the same keys, types of values and at least as many elements; the values of LITERAL keys are compared too.
         A key "…" says that there are further ones.
  text   each line stands in the output; … stands for anything.
Needs bash, curl and jq. Other blocks (toml, console) are not run.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator

LITERAL = {"type", "title", "change", "kind", "state", "stored", "accepted", "repeated", "status"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def values(text: str) -> Iterator[Any]:
    """Every JSON value of a text, one after the other."""
    decoder, place, text = json.JSONDecoder(), 0, text.strip()
    while place < len(text):
        value, end = decoder.raw_decode(text, place)
        yield value
        place = end + len(text[end:]) - len(text[end:].lstrip())


def differences(shown: Any, real: Any, where: str = "") -> Iterator[str]:
    """Where an answer is not as it is shown."""
    if isinstance(shown, dict) and isinstance(real, dict):
        keys = set(shown) - {"…"}
        for key in sorted(keys - set(real)):
            yield f"{where}.{key} is not in the answer"
        for key in sorted(set(real) - keys if "…" not in shown else ()):
            yield f"{where}.{key} is in the answer and not shown"
        for key in sorted(keys & set(real)):
            yield from differences(shown[key], real[key], f"{where}.{key}")
            if key in LITERAL and isinstance(shown[key], (str, int)) and shown[key] not in ("…", real[key]):
                yield f"{where}.{key} is {real[key]!r}, not {shown[key]!r}"
    elif isinstance(shown, list) and isinstance(real, list):
        if len(real) < len(shown):
            yield f"{where} has {len(real)} elements, {len(shown)} are shown"
        for number, (one, other) in enumerate(zip(shown, real)):
            yield from differences(one, other, f"{where}[{number}]")
    elif shown is not None and type(shown) is not type(real) and not {type(shown), type(real)} <= {int, float}:
        yield f"{where} is {real!r}, not like {shown!r}"


def check(kind: str, shown: str, output: str) -> list[str]:
    """What is wrong with the output of a block."""
    if kind == "text":
        patterns = [".*".join(re.escape(part) for part in line.split("…")) for line in shown.splitlines()]
        lines = [line.rstrip() for line in output.splitlines()]
        return [f"no line like {p!r}" for p in patterns if not any(re.fullmatch(p, line) for line in lines)]
    try:
        real = list(values(output))
    except ValueError:
        return ["the output is not JSON"]
    expected = list(values(shown))
    found = [] if len(real) >= len(expected) else [f"{len(real)} values, {len(expected)} are shown"]
    for one, other in zip(expected, real):
        found.extend(differences(one, other))
    return found


def main() -> int:
    document = Path(sys.argv[1])
    text = document.read_text(encoding="utf-8")
    blocks = [(m[1], m[2], text.count("\n", 0, m.start()) + 1) for m in BLOCK.finditer(text)]
    runs = [place for place, (kind, _, _) in enumerate(blocks) if kind == "sh"]
    with tempfile.TemporaryDirectory() as scratch:
        script = ["set -euo pipefail"]
        for place in runs:
            script.append(f"exec >{scratch}/{place}; echo {blocks[place][2]} >{scratch}/last\n{blocks[place][1]}")
        ran = subprocess.run(["bash", "-c", "\n".join(script)], stderr=subprocess.PIPE, text=True, check=False)
        outputs = {p: Path(scratch, str(p)).read_text("utf-8") for p in runs if Path(scratch, str(p)).exists()}
        if ran.returncode:
            line = Path(scratch, "last").read_text("utf-8").strip()
            last = list(outputs.values())[-1] if outputs else ""
            print(f"{document}:{line}: failed with {ran.returncode}\n{ran.stderr}{last}", file=sys.stderr)
            return 1
    failed = 0
    for place in runs:
        after = blocks[place + 1] if place + 1 < len(blocks) else ("sh", "", 0)
        if after[0] in ("json", "text"):
            for wrong in check(after[0], after[1], outputs[place]):
                failed += 1
                print(f"{document}:{after[2]}: {wrong}\n{outputs[place][:2000]}", file=sys.stderr)
    print(f"{document}: {len(runs)} examples ran, {failed} differences")
    return 1 if failed or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
